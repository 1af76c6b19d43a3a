//! The name map: which tensor of a PyTorch file is which weight of a program, as a small TOML text.
//!
//! ```toml
//! ignore = ["head.*"]                    # tensors of the file that have no weight here
//! initial = ["m.Linear_2.*"]             # weights that are not in the file and stay as they start
//!
//! [names]                                # the file's name = the program's; prefixes end at a dot
//! "encoder.0" = "m.Encoder.Conv3d"
//! "encoder.1" = "m.Encoder.BatchNorm"
//! "fc.weight" = "m.Linear.weight"
//!
//! [inside]                               # what is left behind such a prefix, for blocks that recur
//! "depthwise.conv" = "DepthwiseConv3d"
//!
//! [weights]                              # where a weight is laid out otherwise
//! "m.Linear_3.weight" = { from = "k", view = [8, 4, 2], permute = [0, 2, 1], shape = [64] }
//! "m.Linear_4.bias" = { from = ["mean.bias", "scale.bias"], axis = 0 }
//! "m.Linear_5.bias" = { from = "both.bias", part = [0, 8] }
//! ```

use crate::ExchangeError;
use crate::draft::GUESS;
use crate::layout::Layout;
use indexmap::IndexMap;
use serde::Deserialize;
use std::collections::BTreeSet;

/// Most names that the file may have for one weight before the map is said to leave it open.
const MOST_WAYS: usize = 1000;

/// A name map, read.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct NameMap {
    /// Prefix or name in the file to prefix or name in the program.
    pub(crate) names: IndexMap<String, String>,
    /// Prefix of what is left behind one of those, to what it is called in the program.
    pub(crate) inside: IndexMap<String, String>,
    /// Weights whose layout differs.
    pub(crate) weights: IndexMap<String, WeightLayout>,
    /// Patterns of names in the file.
    pub(crate) ignore: Vec<String>,
    /// Patterns of names in the program.
    pub(crate) initial: Vec<String>,
    /// Lines that still carry the mark of a guess among several.
    guesses: usize,
}

/// A weight that is laid out otherwise in the file.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct WeightLayout {
    /// The tensors of the file it is made of.
    pub from: Vec<String>,
    pub layout: Layout,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Text {
    #[serde(default)]
    names: IndexMap<String, String>,
    #[serde(default)]
    inside: IndexMap<String, String>,
    #[serde(default)]
    weights: IndexMap<String, Entry>,
    #[serde(default)]
    ignore: Vec<String>,
    #[serde(default)]
    initial: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    from: From,
    #[serde(default)]
    axis: usize,
    sizes: Option<Vec<usize>>,
    part: Option<(usize, usize)>,
    view: Option<Vec<usize>>,
    permute: Option<Vec<usize>>,
    shape: Option<Vec<usize>>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum From {
    One(String),
    Several(Vec<String>),
}

impl NameMap {
    /// Reads a map.
    ///
    /// # Errors
    /// Text that is no TOML, a word that a map does not have, an axis order that is none.
    pub fn parse(text: &str) -> Result<Self, ExchangeError> {
        let mut read: Text =
            toml::from_str(text).map_err(|e| ExchangeError::Map(e.to_string().trim_end().to_owned()))?;
        let mut weights = IndexMap::new();
        for (place, entry) in std::mem::take(&mut read.weights) {
            let from = match entry.from {
                From::One(name) => vec![name],
                From::Several(names) => names,
            };
            let layout = Layout {
                axis: entry.axis,
                sizes: entry.sizes,
                part: entry.part,
                view: entry.view,
                permute: entry.permute,
                shape: entry.shape,
            };
            layout
                .check(from.len())
                .map_err(|problem| ExchangeError::Map(format!("weights.\"{place}\": {problem}")))?;
            weights.insert(place, WeightLayout { from, layout });
        }
        let guesses = text.lines().filter(|line| line.trim_end().ends_with(GUESS)).count();
        let Text { names, inside, ignore, initial, .. } = read;
        Ok(Self { names, inside, weights, ignore, initial, guesses })
    }

    /// How many lines still end in `# ?`, by which [`crate::draft`] marks a guess that had a rival of the same shapes.
    pub fn guesses(&self) -> usize {
        self.guesses
    }

    /// What a name of the file is called in the program: the longest entry that is the name, or a prefix of it that ends at
    /// a dot, and then for what is left the longest entries of `inside`. The entries that were used are noted; a name
    /// without an entry is taken as it is.
    pub(crate) fn translate<'m>(&'m self, name: &str, used: &mut BTreeSet<(&'static str, &'m str)>) -> String {
        let Some((from, to, mut rest)) = longest(&self.names, name) else { return name.to_string() };
        used.insert(("names", from));
        let mut parts = vec![to];
        while !rest.is_empty() {
            match longest(&self.inside, rest) {
                Some((from, to, left)) if !from.is_empty() => {
                    used.insert(("inside", from));
                    parts.push(to);
                    rest = left;
                }
                _ => {
                    parts.push(rest);
                    break;
                }
            }
        }
        parts.retain(|part| !part.is_empty());
        parts.join(".")
    }

    /// The names of the file that a weight of the program is made of: several where the map gives one place to several
    /// prefixes, because the file repeats a module that is shared.
    ///
    /// # Errors
    /// Where entries of `inside` leave open which name it was.
    pub(crate) fn untranslate(&self, place: &str) -> Result<Vec<String>, ExchangeError> {
        let mut found: Vec<(usize, Vec<String>)> = Vec::new();
        for (from, to) in &self.names {
            let Some(rest) = behind(to, place) else { continue };
            let Some(outside) = self.outside(rest) else {
                return Err(ExchangeError::NoWayBack {
                    name: place.to_owned(),
                    problem: format!("`inside` has more than {MOST_WAYS} names for it; give a file to follow"),
                });
            };
            let mut whole: Vec<String> = outside
                .into_iter()
                .map(|rest| {
                    [from.as_str(), &rest].iter().filter(|p| !p.is_empty()).copied().collect::<Vec<_>>().join(".")
                })
                .collect();
            whole.retain(|name| self.translate(name, &mut BTreeSet::new()) == place);
            if whole.len() > 1 {
                return Err(ExchangeError::NoWayBack {
                    name: place.to_owned(),
                    problem: format!("it may be {} in the file; give a file to follow", whole.join(" or ")),
                });
            }
            found.push((to.len(), whole));
        }
        let longest = found.iter().filter(|(_, names)| !names.is_empty()).map(|(length, _)| *length).max();
        let names = found.into_iter().filter(|(length, _)| Some(*length) == longest);
        let names: Vec<String> = names.flat_map(|(_, names)| names).collect();
        Ok(if names.is_empty() { vec![place.to_owned()] } else { names })
    }

    /// What stood in the file for what is left behind a prefix: what `inside` calls so, else the same. `None` where there
    /// are more than [`MOST_WAYS`]: two names for one part double with every part.
    fn outside(&self, rest: &str) -> Option<Vec<String>> {
        let mut all = Vec::new();
        for (from, to) in self.inside.iter().filter(|(from, to)| !from.is_empty() && !to.is_empty()) {
            match behind(to, rest) {
                Some("") => all.push(from.clone()),
                Some(left) => all.extend(self.outside(left)?.into_iter().map(|left| format!("{from}.{left}"))),
                None => {}
            }
            if all.len() > MOST_WAYS {
                return None;
            }
        }
        Some(if all.is_empty() { vec![rest.to_string()] } else { all })
    }

    /// All entries by their tables.
    pub(crate) fn entries(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let names = self.names.keys().map(|key| ("names", key.as_str()));
        names.chain(self.inside.keys().map(|key| ("inside", key.as_str())))
    }
}

/// The longest key that is the name or a prefix of it that ends at a dot (the empty key is one of every name), its value, and
/// what is left of the name behind it.
fn longest<'m, 'n>(entries: &'m IndexMap<String, String>, name: &'n str) -> Option<(&'m str, &'m str, &'n str)> {
    let found = entries.iter().filter_map(|(from, to)| Some((from.as_str(), to.as_str(), behind(from, name)?)));
    found.max_by_key(|(from, ..)| from.len())
}

/// What is left of a name behind a prefix that ends at a dot.
fn behind<'n>(prefix: &str, name: &'n str) -> Option<&'n str> {
    let rest = name.strip_prefix(prefix)?;
    if prefix.is_empty() || rest.is_empty() { Some(rest) } else { rest.strip_prefix('.') }
}

/// Whether a name fits a pattern in which `*` stands for anything.
pub(crate) fn fits(pattern: &str, name: &str) -> bool {
    let Some((first, pattern)) = pattern.split_once('*') else { return pattern == name };
    let (middle, last) = pattern.rsplit_once('*').unwrap_or(("", pattern));
    let Some(mut rest) = name.strip_prefix(first).and_then(|rest| rest.strip_suffix(last)) else { return false };
    // The earliest place of each piece leaves the most for the others.
    middle.split('*').all(|piece| match rest.split_once(piece) {
        Some((_, behind)) => {
            rest = behind;
            true
        }
        None => false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn translated(map: &NameMap, name: &str) -> String {
        map.translate(name, &mut BTreeSet::new())
    }

    #[test]
    fn the_longest_prefix_that_ends_at_a_dot_wins() {
        let map = NameMap::parse("[names]\na = \"m.A\"\n\"a.b\" = \"m.B\"\n\"a.b.weight\" = \"m.W.weight\"").unwrap();
        assert_eq!(translated(&map, "a.c.weight"), "m.A.c.weight");
        assert_eq!(translated(&map, "a.b.bias"), "m.B.bias");
        assert_eq!(translated(&map, "a.b.weight"), "m.W.weight");
        assert_eq!(translated(&map, "ab.weight"), "ab.weight");
    }

    #[test]
    fn an_empty_prefix_stands_for_all_names() {
        let map = NameMap::parse("[names]\n\"\" = \"m\"").unwrap();
        assert_eq!(translated(&map, "a.weight"), "m.a.weight");
    }

    #[test]
    fn what_is_left_behind_a_prefix_is_named_by_inside() {
        let map = "[names]\nmid = \"m\"\n[inside]\n\"blocks.0\" = \"Sep\"\n\"blocks.1\" = \"Sep_2\"\nconv = \"Conv3d\"";
        let map = NameMap::parse(map).unwrap();
        assert_eq!(translated(&map, "mid.blocks.1.conv.weight"), "m.Sep_2.Conv3d.weight");
        assert_eq!(translated(&map, "mid.convs.weight"), "m.convs.weight");
        assert_eq!(translated(&map, "conv.weight"), "conv.weight");
    }

    #[test]
    fn a_word_that_a_map_does_not_have_is_told_with_its_line() {
        let error = NameMap::parse("[names]\na = \"b\"\n[weight]\n").unwrap_err().to_string();
        assert!(error.contains("line 3") && error.contains("weight"), "{error}");
    }

    #[test]
    fn a_star_stands_for_anything() {
        assert!(fits("head.*", "head.0.weight") && fits("*.bias", "a.b.bias") && fits("a*c", "abc"));
        assert!(!fits("head.*", "header.weight") && !fits("a*c", "abd"));
        assert!(fits("*", "") && fits("a**c", "ac") && fits("*b*", "abc") && !fits("a*a", "a") && !fits("*bb*", "bab"));
    }

    #[test]
    fn a_pattern_of_many_stars_and_a_name_of_many_ways_end_soon() {
        assert!(!fits(&format!("{}b", "*a".repeat(40)), &"a".repeat(4000)));
        let map = NameMap::parse("[names]\nf = \"m\"\n[inside]\na = \"x\"\nb = \"x\"").unwrap();
        let refused = map.untranslate(&format!("m{}", ".x".repeat(60))).unwrap_err().to_string();
        assert!(refused.contains("more than 1000 names"), "{refused}");
    }
}

//! What a line of a score is called: the output, a member of its family, and what else tells it from the others.

/// `fused.image`, `fused.image[t1]`, `fused.image[t1] without t2`, `draw class anterior`, `brain where sex = F`.
pub(in crate::plan) fn label(of: &str, key: &str) -> String {
    match key {
        "" => return of.to_owned(),
        "mean" => return format!("{of} (mean)"),
        _ => {}
    }
    // What comes behind a member of a family says so by its first word.
    let mut label = of.to_owned();
    let mut rest = key;
    let is_word = |text: &str| MARKS.iter().any(|mark| text.starts_with(mark));
    if !is_word(rest) {
        let end = MARKS.iter().filter_map(|mark| rest.find(&format!(", {mark}"))).min().unwrap_or(rest.len());
        label = format!("{label}[{}]", &rest[..end]);
        rest = rest[end..].strip_prefix(", ").unwrap_or_default();
    }
    while !rest.is_empty() {
        let end = MARKS.iter().filter_map(|mark| rest.find(&format!(", {mark}"))).min().unwrap_or(rest.len());
        label = format!("{label} {}", &rest[..end]);
        rest = rest[end..].strip_prefix(", ").unwrap_or_default();
    }
    label
}

/// How the parts of a key begin that are no member of a family.
const MARKS: [&str; 3] = ["without ", "class ", "where "];

/// A key with a further part.
pub(super) fn with_part(key: &str, part: &str) -> String {
    if key.is_empty() { part.to_owned() } else { format!("{key}, {part}") }
}

/// Whether a line is of a class or of a group of people.
pub(in crate::plan) fn is_of_part(key: &str) -> bool {
    MARKS[1..].iter().any(|mark| key.starts_with(mark) || key.contains(&format!(", {mark}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_tells_member_class_and_group_apart() {
        assert_eq!(label("ad", ""), "ad");
        assert_eq!(label("fused.image", "t1, t2"), "fused.image[t1, t2]");
        assert_eq!(label("fused.image", "t1, t2, without t2"), "fused.image[t1, t2] without t2");
        assert_eq!(label("m", "without t1"), "m without t1");
        let key = with_part(&with_part("t1", "where age > 70"), "class front, left");
        assert_eq!(label("draw", &key), "draw[t1] where age > 70 class front, left");
        assert!(is_of_part(&key) && is_of_part("class a") && !is_of_part("t1, without t2") && !is_of_part("mean"));
    }
}

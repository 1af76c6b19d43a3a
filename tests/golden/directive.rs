//! The comments of a case: what is compared with what. The head of `main.rs` lists them.

use super::select::Selection;

/// The comments of a case, read.
#[derive(Debug, Default)]
pub struct Directives {
    /// Below `../shared/golden`.
    pub folder: String,
    /// For every run.
    pub common: Common,
    /// The runs, where the file names any.
    pub runs: Vec<Run>,
    /// The name map.
    pub names: String,
    /// Tensors of the golden that are not compared, with the reason.
    pub skip: Vec<(String, String)>,
    /// Gradients that vanish in exact arithmetic, with the reason.
    pub zero: Vec<(String, String)>,
    /// What is known of a case that is not met yet.
    pub open: Option<String>,
    /// Why the case is computed in double precision.
    pub double: Option<String>,
}

/// What holds for a run, or for all of them.
#[derive(Debug, Clone, Default)]
pub struct Common {
    pub inputs: Vec<(String, Source)>,
    pub present: Vec<(String, Source)>,
    pub outputs: Vec<Output>,
    pub losses: Vec<Loss>,
}

/// One pass.
#[derive(Debug, Clone, Default)]
pub struct Run {
    /// What the golden's names begin with; empty where they begin with nothing.
    pub name: String,
    pub training: bool,
    /// Inputs that nobody has.
    pub without: Vec<String>,
    pub own: Common,
}

/// Where the values of an input come from.
#[derive(Debug, Clone)]
pub enum Source {
    /// A tensor of the golden, or a part of it, in another shape where it says so.
    Golden { name: String, select: Option<Selection>, layout: Layout },
    /// The same number everywhere.
    Filled(f32),
    /// These numbers.
    Given(Vec<f32>),
}

/// How the numbers of a tensor of the golden lie in an input's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layout {
    /// As they are.
    Same,
    /// In another shape.
    Reshaped,
    /// Those of one subject, for every subject.
    Repeated,
}

/// An output of the program and the golden's tensor.
#[derive(Debug, Clone)]
pub struct Output {
    /// `m.z` or `m.z[t1]`.
    pub path: String,
    pub at: Option<Selection>,
    pub key: String,
    pub select: Option<Selection>,
}

/// The loss of a stage.
#[derive(Debug, Clone)]
pub struct Loss {
    pub stage: String,
    /// The golden's name.
    pub key: String,
    /// The golden's names of its gradients with respect to inputs; `*` stands for the input's name there.
    pub inputs: String,
    /// The file of its gradients with respect to weights.
    pub weights: Option<String>,
}

impl Directives {
    /// Reads the comments of a case.
    pub fn read(text: &str) -> Result<Self, String> {
        let mut read = Self::default();
        for (index, line) in text.lines().enumerate() {
            let Some(comment) = line.trim_start().strip_prefix("//") else { continue };
            if let Some(toml) = comment.strip_prefix('|') {
                read.names.push_str(toml);
                read.names.push('\n');
                continue;
            }
            let Some((word, rest)) = comment.trim().split_once(':') else { continue };
            read.line(word.trim(), rest.trim()).map_err(|why| format!("line {}: {why}", index + 1))?;
        }
        if read.folder.is_empty() {
            return Err("it has no `// golden: FOLDER`".into());
        }
        Ok(read)
    }

    fn line(&mut self, word: &str, rest: &str) -> Result<(), String> {
        let reasoned = || rest.split_once(": ").ok_or("expected a name, `: ` and the reason");
        let pair = || rest.split_once(" = ").map(|(a, b)| (a.trim(), b.trim())).ok_or("expected A = B");
        let part = match self.runs.last_mut() {
            Some(run) => &mut run.own,
            None => &mut self.common,
        };
        match word {
            "golden" => self.folder = rest.into(),
            "run" => self.runs.push(run(rest)?),
            "input" => {
                let (input, from) = pair()?;
                part.inputs.push((input.into(), source(from)?));
            }
            "present" => {
                let (input, from) = pair()?;
                part.present.push((input.into(), source(from)?));
            }
            "output" => {
                let (output, from) = pair()?;
                let (path, at) = match output.split_once(" at ") {
                    Some((path, at)) => (path, Some(bracketed(at)?)),
                    None => (output, None),
                };
                let (key, select) = selected(from)?;
                part.outputs.push(Output { path: path.trim().into(), at, key, select });
            }
            "loss" => {
                let (stage, rest) = pair()?;
                let mut words = rest.split(',').map(str::trim);
                let mut loss = Loss {
                    stage: stage.into(),
                    key: words.next().unwrap_or_default().into(),
                    inputs: "grad_input.*".into(),
                    weights: None,
                };
                for word in words {
                    match word.split_once(' ') {
                        Some(("inputs", pattern)) => loss.inputs = pattern.trim().into(),
                        Some(("weights", file)) => loss.weights = Some(file.trim().into()),
                        _ => return Err(format!("`{word}` is neither `inputs PATTERN` nor `weights FILE`")),
                    }
                }
                part.losses.push(loss);
            }
            "skip" => {
                let (pattern, why) = reasoned()?;
                self.skip.push((pattern.into(), why.into()));
            }
            "open" => self.open = Some(rest.trim().into()),
            "double" => self.double = Some(rest.trim().into()),
            "zero" => {
                let (name, why) = reasoned()?;
                self.zero.push((name.into(), why.into()));
            }
            _ => {}
        }
        Ok(())
    }
}

/// `missing_hcm, training, without hcm`.
fn run(text: &str) -> Result<Run, String> {
    let mut words = text.split(',').map(str::trim);
    let name = words.next().unwrap_or_default();
    let mut run = Run { name: if name == "-" { "" } else { name }.into(), training: name == "train", ..Run::default() };
    for word in words {
        match word.split_once(' ') {
            None if word == "training" => run.training = true,
            None if word == "prediction" => run.training = false,
            Some(("without", inputs)) => run.without = inputs.split_whitespace().map(String::from).collect(),
            _ => return Err(format!("`{word}` is none of `training`, `prediction`, `without INPUT ..`")),
        }
    }
    Ok(run)
}

fn source(text: &str) -> Result<Source, String> {
    if let Ok(number) = text.parse() {
        return Ok(Source::Filled(number));
    }
    if let Some(list) = text.strip_prefix('[').and_then(|t| t.strip_suffix(']')) {
        let numbers = list.split(',').map(|n| n.trim().parse().map_err(|_| format!("`{n}` is no number")));
        return numbers.collect::<Result<_, _>>().map(Source::Given);
    }
    let layouts = [(" reshaped", Layout::Reshaped), (" repeated", Layout::Repeated)];
    let laid_out = layouts.into_iter().find_map(|(word, layout)| Some((text.strip_suffix(word)?, layout)));
    let (text, layout) = laid_out.unwrap_or((text, Layout::Same));
    let (name, select) = selected(text)?;
    Ok(Source::Golden { name, select, layout })
}

/// `mu` or `mu[0]`.
fn selected(text: &str) -> Result<(String, Option<Selection>), String> {
    match text.find('[') {
        None => Ok((text.trim().into(), None)),
        Some(at) => Ok((text[..at].trim().into(), Some(bracketed(&text[at..])?))),
    }
}

fn bracketed(text: &str) -> Result<Selection, String> {
    let inner = text.trim().strip_prefix('[').and_then(|t| t.strip_suffix(']'));
    Selection::parse(inner.ok_or_else(|| format!("`{text}` is not in brackets"))?)
}

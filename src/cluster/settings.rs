//! `fascicle.toml`: what a cluster is like and what this user and this project ask of it.
//!
//! ```text
//!  /etc/fascicle.toml (site) ◀── ~/.config/fascicle/fascicle.toml (user) ◀── ./fascicle.toml (project) ◀── options of the command
//! ```
//!
//! Each of them may name some of the keys; what comes later counts. `$FASCICLE_SITE` names another file for the site.

use super::ClusterError;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// The name of the file.
pub const FILE: &str = "fascicle.toml";

/// One file: what it does not name is left to those before it.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    #[serde(default)]
    slurm: SlurmKeys,
    #[serde(default)]
    data: DataKeys,
}

/// `[data]` of a file.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct DataKeys {
    /// Where decoded volumes are kept: `$SLURM_TMPDIR/fascicle`, `/scratch/$USER/volumes`.
    cache: Option<String>,
}

/// `[slurm]` of a file, and the options of the command.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SlurmKeys {
    /// The partition; the cluster's default where it is not named.
    pub partition: Option<String>,
    /// Who is charged.
    pub account: Option<String>,
    /// The quality of service.
    pub qos: Option<String>,
    /// The longest time that is ever asked for an element: `24:00:00`, `2-0`, `90` (minutes).
    pub time: Option<String>,
    /// Cores of an element at most.
    pub cpus: Option<usize>,
    /// Cards of an element that trains.
    pub gpus_per_task: Option<usize>,
    /// The least memory that is asked for: `4G`.
    pub memory: Option<String>,
    /// What predicted and measured times and memory are multiplied by.
    pub margin: Option<f64>,
    /// How long an element is to run: tasks are bundled until they take it. `30` minutes.
    pub bundle: Option<String>,
    /// Elements of an array at most (`MaxArraySize`), and in one submission.
    pub array: Option<usize>,
    /// Elements of an array that run at once at most.
    pub at_once: Option<usize>,
    /// Lines of the script before the program: modules to load.
    pub setup: Option<Vec<String>>,
    /// Variables of the environment that jobs are given; others are not.
    pub environment: Option<Vec<String>>,
    /// Further options of `sbatch`.
    pub options: Option<Vec<String>>,
    /// The program as it is started on a node: `["apptainer", "run", "--nv", "fascicle.sif"]`.
    pub program: Option<Vec<String>>,
}

/// What counts.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Slurm {
    /// See [`SlurmKeys`].
    pub partition: Option<String>,
    /// Who is charged.
    pub account: Option<String>,
    /// The quality of service.
    pub qos: Option<String>,
    /// Minutes.
    pub time: u64,
    /// Cores.
    pub cpus: usize,
    /// Cards.
    pub gpus_per_task: usize,
    /// Bytes.
    pub memory: u64,
    /// A factor.
    pub margin: f64,
    /// Seconds.
    pub bundle: u64,
    /// Elements.
    pub array: usize,
    /// Elements.
    pub at_once: Option<usize>,
    /// Lines.
    pub setup: Vec<String>,
    /// Names.
    pub environment: Vec<String>,
    /// Options.
    pub options: Vec<String>,
    /// Words; empty: this program by its path.
    pub program: Vec<String>,
    /// The files that were read, in their order.
    pub read: Vec<PathBuf>,
}

impl SlurmKeys {
    /// What is named here, else what is named there.
    fn or(self, other: Self) -> Self {
        Self {
            partition: self.partition.or(other.partition),
            account: self.account.or(other.account),
            qos: self.qos.or(other.qos),
            time: self.time.or(other.time),
            cpus: self.cpus.or(other.cpus),
            gpus_per_task: self.gpus_per_task.or(other.gpus_per_task),
            memory: self.memory.or(other.memory),
            margin: self.margin.or(other.margin),
            bundle: self.bundle.or(other.bundle),
            array: self.array.or(other.array),
            at_once: self.at_once.or(other.at_once),
            setup: self.setup.or(other.setup),
            environment: self.environment.or(other.environment),
            options: self.options.or(other.options),
            program: self.program.or(other.program),
        }
    }

    /// Defaults for what is not named, and numbers for words.
    fn settle(self, read: Vec<PathBuf>) -> Result<Slurm, ClusterError> {
        let wrong = |key: &str, found: &str, expected: &str| {
            ClusterError::Settings(format!("`{key}` of [slurm] is `{found}`; expected {expected}"))
        };
        let minutes = |key: &str, text: &str| {
            super::time::minutes(text)
                .ok_or_else(|| wrong(key, text, "minutes (`90`), `HH:MM:SS` or `DAYS-HH`, as Slurm has them"))
        };
        let time = minutes("time", self.time.as_deref().unwrap_or("24:00:00"))?;
        let bundle = minutes("bundle", self.bundle.as_deref().unwrap_or("30"))?;
        if !(15..=60).contains(&bundle) {
            return Err(wrong(
                "bundle",
                &bundle.to_string(),
                "15 to 60 minutes: shorter jobs burden the scheduler, longer ones wait",
            ));
        }
        let memory_text = self.memory.as_deref().unwrap_or("2G");
        let memory =
            super::memory::bytes(memory_text).ok_or_else(|| wrong("memory", memory_text, "a size: `4G`, `500M`"))?;
        let margin = self.margin.unwrap_or(1.5);
        if !(1.0..=10.0).contains(&margin) {
            return Err(wrong("margin", &margin.to_string(), "a factor from 1 to 10"));
        }
        let at_least_one = |key: &str, value: usize| match value {
            0 => Err(wrong(key, "0", "1 or more")),
            value => Ok(value),
        };
        let plain = |key: &str, value: Option<String>| match value {
            Some(text) if text.is_empty() => Ok(None),
            Some(text) if text.chars().any(|c| c.is_whitespace() || c.is_control()) => {
                Err(wrong(key, &text, "a name without blanks"))
            }
            other => Ok(other),
        };
        for line in self.options.iter().flatten() {
            if !line.starts_with('-') || line.contains('\n') {
                return Err(wrong("options", line, "an option of sbatch: `--constraint=a100`"));
            }
        }
        for name in self.environment.iter().flatten() {
            if !name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') || name.is_empty() {
                return Err(wrong(
                    "environment",
                    name,
                    "the name of a variable; its value is taken from where `submit` runs",
                ));
            }
        }
        Ok(Slurm {
            partition: plain("partition", self.partition)?,
            account: plain("account", self.account)?,
            qos: plain("qos", self.qos)?,
            time: time.max(1),
            cpus: at_least_one("cpus", self.cpus.unwrap_or(4))?,
            gpus_per_task: self.gpus_per_task.unwrap_or(0),
            memory,
            margin,
            bundle: bundle * 60,
            array: at_least_one("array", self.array.unwrap_or(1000))?,
            at_once: self.at_once.map(|n| at_least_one("at_once", n)).transpose()?,
            setup: self.setup.unwrap_or_default(),
            environment: self
                .environment
                .unwrap_or_else(|| ["PATH", "HOME", "USER", "LANG"].map(String::from).to_vec()),
            options: self.options.unwrap_or_default(),
            program: self.program.unwrap_or_default(),
            read,
        })
    }
}

impl Slurm {
    /// What the files of site, user and project say, and before them all what the command does.
    ///
    /// # Errors
    /// A file that cannot be read or understood, a key that is none, a value that is not what its key takes.
    pub fn read(project: &Path, command: SlurmKeys) -> Result<Self, ClusterError> {
        Self::of(&files(project), command)
    }

    #[cfg(test)]
    pub(super) fn of_keys(keys: SlurmKeys) -> Result<Self, ClusterError> {
        Self::of(&[], keys)
    }

    fn of(files: &[PathBuf], command: SlurmKeys) -> Result<Self, ClusterError> {
        let mut keys = SlurmKeys::default();
        let mut read = Vec::new();
        for path in files {
            if let Some(written) = written(path)? {
                keys = written.slurm.or(keys);
                read.push(path.clone());
            }
        }
        command.or(keys).settle(read)
    }
}

/// The files of site, user and project.
fn files(project: &Path) -> Vec<PathBuf> {
    let site = std::env::var_os("FASCICLE_SITE").map_or_else(|| PathBuf::from("/etc").join(FILE), PathBuf::from);
    let user = dirs::config_dir().map(|folder| folder.join("fascicle").join(FILE));
    [Some(site), user, Some(project.join(FILE))].into_iter().flatten().collect()
}

/// What a file says; `None` where there is none.
fn written(path: &Path) -> Result<Option<Written>, ClusterError> {
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(e) if matches!(e.kind(), std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory) => {
            return Ok(None);
        }
        Err(e) => return Err(ClusterError::Settings(format!("{} cannot be read: {e}", path.display()))),
    };
    let problem =
        |e: toml::de::Error| ClusterError::Settings(format!("{}: {}", path.display(), e.to_string().trim_end()));
    toml::from_str(&text).map(Some).map_err(problem)
}

/// Where decoded volumes are kept on this machine, as the files of site, user and project say; `None`: in the store. A folder that
/// names a variable that is not set here is none: a job's own disk is not there where jobs are submitted.
///
/// # Errors
/// A file that cannot be read or understood.
pub fn cache_folder(project: &Path) -> Result<Option<PathBuf>, ClusterError> {
    let mut folder = None;
    for path in files(project) {
        folder = written(&path)?.and_then(|written| written.data.cache).or(folder);
    }
    let of_environment = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    Ok(folder.and_then(|text| expanded(&text, of_environment)).map(PathBuf::from))
}

/// A path with `$NAME`, `${NAME}` and a leading `~` replaced; `None` where one of them is not known.
fn expanded(text: &str, value: impl Fn(&str) -> Option<String>) -> Option<String> {
    let text = match text.strip_prefix('~') {
        Some(rest) if rest.is_empty() || rest.starts_with('/') => format!("{}{rest}", value("HOME")?),
        _ => text.to_owned(),
    };
    let mut pieces = text.split('$');
    let mut all = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let is_of_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let (name, rest) = match piece.strip_prefix('{') {
            Some(braced) => braced.split_once('}')?,
            None => piece.split_at(piece.find(|c| !is_of_name(c)).unwrap_or(piece.len())),
        };
        all.push_str(&value(name)?);
        all.push_str(rest);
    }
    Some(all)
}

/// The file that `fascicle submit --init` writes: every key with what it means and what it is where it is not named.
pub const TEMPLATE: &str = r#"# What fascicle asks of Slurm. Read in this order, what comes later counts: /etc/fascicle.toml (or $FASCICLE_SITE), for a site;
# ~/.config/fascicle/fascicle.toml, for a user; fascicle.toml where the command runs, for a project; the command's options.
# A key that is commented out has the value that it shows.

[slurm]
# The partition; the cluster's default where it is not named. `sinfo` lists them.
# partition = "gpu"

# Who is charged, where the cluster asks for it.
# account = "lab"

# The quality of service, where the cluster has several.
# qos = "normal"

# The longest time that is ever asked for one element: the partition's limit. A training that is longer writes a checkpoint
# before the limit, and goes on in a new element.
# time = "24:00:00"

# Cores of an element at most; small trainings ask for fewer.
# cpus = 4

# Cards of an element that trains; 0 trains on the CPU.
# gpus_per_task = 0

# The least memory that is asked for. More is asked for where more is predicted, or was measured.
# memory = "2G"

# What predicted and measured times and memory are multiplied by.
# margin = 1.5

# Minutes that an element is to run, 15 to 60: short tasks are bundled until they take it, a longer training is alone.
# bundle = "30"

# Elements of one array at most: the cluster's MaxArraySize (`scontrol show config`).
# array = 1000

# Elements of an array that run at once at most; as many as the cluster gives where it is not named.
# at_once = 50

# Lines of the script before the program starts.
# setup = ["module load cuda"]

# Variables that jobs are given, with the values where `submit` runs; all others are left behind.
# environment = ["PATH", "HOME", "USER", "LANG"]

# Further options of sbatch, one an entry.
# options = ["--constraint=a100"]

# The program on a node, where it is not at the path where it is here: in a container, say.
# program = ["apptainer", "run", "--nv", "/shared/fascicle.sif"]

[data]
# Where decoded volumes are kept: a few large files, made once, which every run and job that can read them maps. In the store where it is
# not named. A disk of the node is faster than a file server; where a variable is not set, the store is used.
# cache = "/scratch/$USER/fascicle"
"#;

#[cfg(test)]
mod tests {
    use super::*;

    type Outcome = Result<(), Box<dyn std::error::Error>>;

    #[test]
    fn what_comes_later_counts_and_the_command_last() -> Outcome {
        let folder = tempfile::tempdir()?;
        let (site, user) = (folder.path().join("site.toml"), folder.path().join("user.toml"));
        std::fs::write(&site, "[slurm]\npartition = \"cpu\"\ntime = \"2-0\"\nmargin = 2.0\n")?;
        std::fs::write(&user, "[slurm]\npartition = \"gpu\"\n")?;
        let files = [site.clone(), user.clone(), folder.path().join("absent.toml")];
        let command = SlurmKeys { margin: Some(1.0), ..SlurmKeys::default() };
        let found = Slurm::of(&files, command)?;
        assert_eq!((found.partition.as_deref(), found.time, found.margin), (Some("gpu"), 2880, 1.0));
        assert_eq!(found.read, [site, user]);
        Ok(())
    }

    #[test]
    fn a_cache_is_where_the_environment_says() {
        let value = |name: &str| match name {
            "USER" => Some("ada".to_owned()),
            "HOME" => Some("/home/ada".to_owned()),
            _ => None,
        };
        let expanded = |text| super::expanded(text, value);
        assert_eq!(expanded("/scratch/$USER/volumes").as_deref(), Some("/scratch/ada/volumes"));
        assert_eq!(expanded("/scratch/${USER}s").as_deref(), Some("/scratch/adas"));
        assert_eq!(expanded("~/volumes").as_deref(), Some("/home/ada/volumes"));
        assert_eq!(expanded("plain").as_deref(), Some("plain"));
        assert_eq!((expanded("$TMPDIR_OF_JOB/volumes"), expanded("${USER/x")), (None, None));
    }

    #[test]
    fn the_template_is_read_and_its_comments_are_the_defaults() -> Outcome {
        let folder = tempfile::tempdir()?;
        let path = folder.path().join(FILE);
        let defaults = Slurm::of(&[], SlurmKeys::default())?;
        std::fs::write(&path, TEMPLATE)?;
        let read = Slurm::of(std::slice::from_ref(&path), SlurmKeys::default())?;
        assert_eq!(Slurm { read: Vec::new(), ..read }, defaults);
        let without_comments = TEMPLATE.lines().map(|line| match line.strip_prefix("# ") {
            Some(key)
                if key
                    .split_once(" = ")
                    .is_some_and(|(name, _)| name.chars().all(|c| c.is_ascii_lowercase() || c == '_')) =>
            {
                key
            }
            _ => line,
        });
        std::fs::write(&path, without_comments.collect::<Vec<_>>().join("\n"))?;
        let all = Slurm::of(std::slice::from_ref(&path), SlurmKeys::default())?;
        assert_eq!(all.partition.as_deref(), Some("gpu"));
        let same =
            (all.time, all.cpus, all.gpus_per_task, all.memory, all.margin, all.bundle, all.array, &all.environment);
        let expected = &defaults;
        let own = (
            expected.time,
            expected.cpus,
            expected.gpus_per_task,
            expected.memory,
            expected.margin,
            expected.bundle,
            expected.array,
            &expected.environment,
        );
        assert_eq!(same, own);
        Ok(())
    }

    #[test]
    fn what_is_wrong_is_told_with_its_place() -> Outcome {
        let folder = tempfile::tempdir()?;
        let path = folder.path().join(FILE);
        for (text, says) in [
            ("[slurm]\npartitoin = \"gpu\"\n", "partitoin"),
            ("[slurm]\ntime = \"soon\"\n", "HH:MM:SS"),
            ("[slurm]\nbundle = \"5\"\n", "15 to 60"),
            ("[slurm]\nmemory = \"many\"\n", "4G"),
            ("[slurm]\nmargin = 0.5\n", "1 to 10"),
            ("[slurm]\noptions = [\"constraint\"]\n", "option of sbatch"),
            ("[slurm]\nenvironment = [\"A=1\"]\n", "name of a variable"),
            ("[slurm]\naccount = \"my lab\"\n", "without blanks"),
        ] {
            std::fs::write(&path, text)?;
            let Err(error) = Slurm::of(std::slice::from_ref(&path), SlurmKeys::default()) else {
                return Err(format!("taken: {text}").into());
            };
            assert!(error.to_string().contains(says), "{text}: {error}");
        }
        Ok(())
    }
}

//! A folder of its own for each test, with made-up people, made-up images and the experiments on them.

use fascicle::data::affine::Affine;
use fascicle::data::nifti;
use ndarray::{ArrayD, IxDyn};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// An experiment on `people.csv`.
pub const TABLE: &str = r#"/// Two numbers tell a disease.
param width: int = 4
param epochs: int = 5

cohort people = table("people.csv") { subject participant_id }

condition record: vector[_] = people.columns([a, b] |> standardize)
target dx: class{CN, AD} = people.column("dx")

model clinic(record) -> dx {
  record |> Linear(width) |> relu |> Dropout(0.1) |> Linear(2)
}

train clinic {
  minimize cross_entropy(clinic, dx)
  optimizer AdamW(lr: 1e-2, weight_decay: 0.01)
  epochs epochs
  batch 8
  keep last
}

protocol cv = kfold(3, stratify: [dx], seed: 1)

score clinic: auc
"#;

/// An experiment on the BIDS folder `heads`.
pub const IMAGE: &str = r#"/// One image tells a disease.
cohort heads = bids("heads")

modality t1: volume[1, 16, 16, 16] = heads.image("anat/*_T1w.nii.gz") |> zscore
target diagnosis: class{control, patient} = heads.column("diagnosis")

model see(t1) -> diagnosis {
  t1 |> avg_pool3d(4) |> flatten |> Linear(2)
}

train see {
  minimize cross_entropy(see, diagnosis)
  optimizer AdamW(lr: 1e-2)
  epochs 2
  batch 4
  keep last
}

protocol cv = kfold(2, stratify: [diagnosis], seed: 1)

score see: accuracy
"#;

/// How many people `people.csv` has.
pub const PEOPLE: usize = 60;

/// A folder in which the binary runs; removed with the value.
pub struct Scene {
    folder: tempfile::TempDir,
}

/// How a command ended.
#[derive(Debug)]
pub struct Told {
    pub status: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

impl Scene {
    /// An empty folder.
    pub fn empty() -> Self {
        Self { folder: tempfile::tempdir().expect("a folder for the test") }
    }

    /// `people.csv` and `table.fx`.
    pub fn of_people() -> Self {
        let scene = Self::empty();
        scene.write("people.csv", people());
        scene.write("table.fx", TABLE);
        scene
    }

    /// The BIDS folder `heads` with sixteen people, and `image.fx`.
    pub fn of_heads() -> Self {
        let scene = Self::empty();
        let mut participants = "participant_id\tdiagnosis\n".to_owned();
        let mut random = ChaCha8Rng::seed_from_u64(5);
        for person in 1..=16 {
            let patient = person % 2 == 0;
            let diagnosis = if patient { "patient" } else { "control" };
            let _ = writeln!(participants, "sub-{person:02}\t{diagnosis}");
            let image = ArrayD::from_shape_fn(IxDyn(&[16, 16, 16]), |at| {
                random.random::<f32>() + if patient && at[0] < 8 { 1.0 } else { 0.0 }
            });
            scene.image(&format!("heads/sub-{person:02}/anat/sub-{person:02}_T1w.nii.gz"), &image);
        }
        scene.write("heads/participants.tsv", participants);
        scene.write("heads/dataset_description.json", r#"{"Name": "heads", "BIDSVersion": "1.9.0"}"#);
        scene.write("image.fx", IMAGE);
        scene
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap_or_else(|e| panic!("{name}: {e}"))
    }

    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder can be made");
        fs::write(path, content).unwrap_or_else(|e| panic!("{name}: {e}"));
    }

    /// Writes an image of 1 mm voxels.
    pub fn image(&self, name: &str, voxels: &ArrayD<f32>) {
        self.image_of_voxels(name, voxels, 1.0);
    }

    /// Writes an image of voxels of so many mm.
    pub fn image_of_voxels(&self, name: &str, voxels: &ArrayD<f32>, mm: f64) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder can be made");
        let affine = Affine::new([[mm, 0.0, 0.0], [0.0, mm, 0.0], [0.0, 0.0, mm]], [0.0; 3]);
        nifti::write(&path, voxels.view(), &affine, None).unwrap_or_else(|e| panic!("{e}"));
    }

    /// Replaces a piece of a file, which must be there once.
    pub fn edit(&self, name: &str, from: &str, to: &str) {
        let text = self.read(name);
        assert_eq!(text.matches(from).count(), 1, "`{from}` in {name}:\n{text}");
        self.write(name, text.replace(from, to));
    }

    /// The binary, about to run in the folder.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_fascicle"));
        command.args(arguments).current_dir(self.folder.path());
        // The machine is measured once for all tests, and nothing is left in the cache of whoever tests.
        command.env("XDG_CACHE_HOME", env!("CARGO_TARGET_TMPDIR"));
        command.env_remove("RUST_BACKTRACE").env("COLUMNS", "110").env("NO_COLOR", "1").stdin(Stdio::null());
        command
    }

    /// Runs the binary to its end.
    pub fn fascicle(&self, arguments: &[&str]) -> Told {
        let told = Told::from(self.command(arguments).output().expect("the binary starts"));
        assert!(!told.stderr.contains("panicked"), "{arguments:?} panicked:\n{}", told.stderr);
        told
    }

    /// Runs the binary, which must be done without complaint, and reads the JSON it prints.
    pub fn json(&self, arguments: &[&str]) -> Value {
        let told = self.fascicle(arguments);
        assert_eq!(told.status, Some(0), "{arguments:?}: {}", told.stderr);
        serde_json::from_str(&told.stdout).unwrap_or_else(|e| panic!("{arguments:?}: {e}\n{}", told.stdout))
    }

    /// Nothing but the store is below `runs`, and nothing in the store is half-written.
    pub fn assert_nothing_half_written(&self) {
        for file in files_below(&self.path("runs")).keys() {
            assert!(file.starts_with("store/"), "runs/{file} was left behind");
            let aside = file.split('/').any(|part| part.starts_with('.') || part.ends_with(".tmp"));
            assert!(!aside, "runs/{file} is half-written");
        }
    }
}

impl Told {
    /// The exit status is this, and standard error says each of these.
    #[track_caller]
    pub fn fails(&self, status: i32, says: &[&str]) {
        assert_eq!(self.status, Some(status), "{}", self.stderr);
        // Lines may be broken anywhere between words.
        let said = self.stderr.split_whitespace().collect::<Vec<_>>().join(" ");
        for words in says {
            assert!(said.contains(words), "`{words}` is not in:\n{}", self.stderr);
        }
    }

    /// Exit status 0.
    #[track_caller]
    pub fn succeeds(&self) -> &Self {
        assert_eq!(self.status, Some(0), "{}", self.stderr);
        self
    }
}

impl From<Output> for Told {
    fn from(output: Output) -> Self {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Self { status: output.status.code(), stdout: text(&output.stdout), stderr: text(&output.stderr) }
    }
}

/// The table of people: who has the disease has a larger `a`.
pub fn people() -> String {
    let mut random = ChaCha8Rng::seed_from_u64(3);
    let mut text = "participant_id,a,b,dx\n".to_owned();
    for person in 1..=PEOPLE {
        let ill = person % 2 == 0;
        let a = random.random::<f32>() + if ill { 0.6 } else { 0.0 };
        let b = random.random::<f32>() * 3.0;
        let _ = writeln!(text, "s{person:02},{a:.4},{b:.4},{}", if ill { "AD" } else { "CN" });
    }
    text
}

/// Every file below a folder with its bytes, by its path relative to the folder.
pub fn files_below(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    let mut waiting = vec![folder.to_owned()];
    while let Some(next) = waiting.pop() {
        for entry in fs::read_dir(&next).into_iter().flatten() {
            let path = entry.expect("a folder can be listed").path();
            if path.is_dir() {
                waiting.push(path);
            } else {
                let name = path.strip_prefix(folder).expect("below").to_string_lossy().replace('\\', "/");
                files.insert(name, fs::read(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display())));
            }
        }
    }
    files
}

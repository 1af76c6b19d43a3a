//! `fascicle phantom`

use super::{source, status};
use crate::data::phantom::{Contrast, Phantom, PhantomError, PhantomSpec, write_bids};
use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use std::path::PathBuf;

/// What `phantom` is asked.
#[derive(Debug, Args)]
pub(super) struct PhantomArgs {
    /// The folder to write
    dir: PathBuf,
    /// How many people
    #[arg(long, default_value_t = 120)]
    subjects: usize,
    /// Decides everything in it
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Voxels to the right, to the front and up
    #[arg(long, num_args = 3, value_names = ["X", "Y", "Z"], default_values_t = [48, 56, 48])]
    shape: Vec<usize>,
    /// Share of scans other than T1w that are missing
    #[arg(long, default_value_t = 0.1)]
    missing_scan: f64,
    /// Share of clinical cells that are missing
    #[arg(long, default_value_t = 0.03)]
    missing_cell: f64,
    /// Number of scanners
    #[arg(long, default_value_t = 1)]
    sites: usize,
    /// Standard deviation of the noise, as a share of the brightest tissue
    #[arg(long, default_value_t = 0.03)]
    noise: f64,
    /// Replace an earlier phantom in the folder
    #[arg(long)]
    overwrite: bool,
}

pub(super) fn phantom(args: &PhantomArgs) -> u8 {
    let spec = PhantomSpec {
        subjects: args.subjects,
        seed: args.seed,
        shape: [args.shape[0], args.shape[1], args.shape[2]],
        contrasts: Contrast::ALL.to_vec(),
        missing_scan: args.missing_scan,
        missing_cell: args.missing_cell,
        sites: args.sites,
        noise: args.noise,
        ..PhantomSpec::default()
    };
    let phantom = match Phantom::new(spec) {
        Ok(phantom) => phantom,
        Err(error) => {
            source::fail(&error.to_string());
            return status::WRONG;
        }
    };
    let style = ProgressStyle::with_template("painting {bar:40} {pos}/{len}, {eta} left");
    let bar = ProgressBar::new(args.subjects as u64).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
    let progress = |done: usize, _total: usize| bar.set_position(done as u64);
    let written = write_bids(&phantom, &args.dir, args.overwrite, &progress);
    bar.finish_and_clear();
    match written {
        Ok(written) => {
            let folder = args.dir.display();
            let scans = source::plural(written.scans, "scan");
            source::print(&format!("wrote {} with {scans} to {folder}\n", source::plural(written.subjects, "subject")));
            status::DONE
        }
        Err(PhantomError::NotEmpty(folder)) => {
            let folder = folder.display();
            source::fail(&format!("{folder} is not empty; use --overwrite to replace an earlier phantom"));
            status::WRONG
        }
        Err(error) => {
            source::fail(&error.to_string());
            status::FAILED
        }
    }
}

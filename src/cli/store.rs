//! `fascicle store`

use super::table::sized;
use super::{source, status, table};
use crate::plan::{self, Amount};
use clap::{Args, Subcommand};
use std::path::PathBuf;

/// What `store` is asked.
#[derive(Debug, Args)]
pub(super) struct StoreArgs {
    #[command(subcommand)]
    action: Option<Action>,
    /// The folder of all runs and of their store of results
    #[arg(long, default_value = "runs", value_name = "DIR", global = true)]
    out: PathBuf,
    /// Print JSON
    #[arg(long, global = true)]
    json: bool,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Show what no run needs: results that no experiment's latest plan has, checkpoints of what is done. Nothing is removed
    /// without --remove
    Gc {
        /// Remove it
        #[arg(long)]
        remove: bool,
        /// And decoded volumes: they are made again when they are needed
        #[arg(long)]
        volumes: bool,
    },
    /// Read every result, and compare it with the checksums that were written with it
    Verify,
}

pub(super) fn store(args: &StoreArgs) -> u8 {
    let done = match &args.action {
        None => plan::inventory(&args.out).map(|found| list(args, &found)),
        Some(Action::Gc { remove, volumes }) => {
            plan::collect_garbage(&args.out, *volumes, *remove).map(|removal| garbage(args, &removal))
        }
        Some(Action::Verify) => plan::verify(&args.out).map(|(amount, damages)| verified(args, amount, &damages)),
    };
    done.unwrap_or_else(|error| {
        source::fail(&error.to_string());
        super::run::status_of(&error)
    })
}

fn list(args: &StoreArgs, found: &plan::Inventory) -> u8 {
    if args.json {
        source::print_json(found);
        return status::DONE;
    }
    let row = |what: &str, amount: &Amount| vec![what.to_string(), amount.count.to_string(), sized(amount.bytes)];
    let mut rows: Vec<Vec<String>> = found.kinds.iter().map(|(kind, amount)| row(kind.name(), amount)).collect();
    rows.push(row("decoded volumes", &found.volumes));
    rows.push(row("checkpoints", &found.checkpoints));
    source::print(&table::aligned(&["what", "count", "size"], &rows, 1));
    let mut rows: Vec<Vec<String>> = found.experiments.iter().map(|(name, amount)| row(name, amount)).collect();
    rows.push(row("no run", &found.unused));
    source::print(&format!("\n{}", table::aligned(&["used by", "results", "size"], &rows, 1)));
    match found.at_work.as_slice() {
        [] => source::print("nobody is at work\n"),
        several => source::print(&format!("at work: {}\n", several.join(", "))),
    }
    status::DONE
}

fn garbage(args: &StoreArgs, removal: &plan::Removal) -> u8 {
    if args.json {
        source::print_json(removal);
        return status::DONE;
    }
    let parts = [
        ("result", removal.results),
        ("file of checkpoints", removal.checkpoints),
        ("decoded volume", removal.volumes),
    ];
    let told: Vec<String> = parts
        .iter()
        .filter(|(_, amount)| amount.count > 0)
        .map(|(what, amount)| format!("{} ({})", source::plural(amount.count, what), sized(amount.bytes)))
        .collect();
    source::print(&match (told.is_empty(), removal.removed) {
        (true, _) => "nothing is there that no run needs\n".to_string(),
        (false, true) => format!("removed: {}\n", told.join(", ")),
        (false, false) => format!("no run needs {}; `--remove` removes it\n", told.join(", ")),
    });
    status::DONE
}

fn verified(args: &StoreArgs, amount: Amount, damages: &[plan::Damage]) -> u8 {
    if args.json {
        source::print_json(&serde_json::json!({ "read": amount, "damaged": damages }));
    } else {
        for damage in damages {
            source::print(&format!("damaged: {}\n", damage.problem));
        }
        let whole = amount.count - damages.len();
        let read = format!("{} of {}", whole, source::plural(amount.count, "result"));
        let computed = if damages.is_empty() { "" } else { "; what is damaged is computed again by the next run" };
        source::print(&format!("{read} ({}) as they were written{computed}\n", sized(amount.bytes)));
    }
    if damages.is_empty() { status::DONE } else { status::FAILED }
}

//! The program as its users meet it: the built binary, in a folder of its own, on experiments that take a moment.
//!
//! `cohorts` holds who is found and left out, `statuses` what every command exits with and prints, `reuse` what a second
//! run does, `crashes` and `interruption` runs that are ended at a change of a file, killed or interrupted, `folder` what a
//! run leaves to other programs, `wrong_input` what is said of data that cannot be used, `weights` what goes in from
//! PyTorch, is applied, and goes back, `sites` columns of several sites, `packed` models that leave
//! their run, `patches` models that see parts of images, `track` what another tool is told of one, `repairs` what `fix` changes, `saved` what `watch` says of a save, `drawings` what
//! `graph` draws, `many` tasks, runs and machines at once.

#[path = "command_line/cohorts.rs"]
mod cohorts;
#[path = "command_line/crashes.rs"]
mod crashes;
#[path = "command_line/drawings.rs"]
mod drawings;
#[path = "command_line/folder.rs"]
mod folder;
#[path = "command_line/interruption.rs"]
mod interruption;
#[path = "command_line/many.rs"]
mod many;
#[path = "command_line/packed.rs"]
mod packed;
#[path = "command_line/patches.rs"]
mod patches;
#[path = "command_line/repairs.rs"]
mod repairs;
#[path = "command_line/reuse.rs"]
mod reuse;
#[path = "command_line/saved.rs"]
mod saved;
#[path = "command_line/scene.rs"]
mod scene;
#[path = "command_line/sites.rs"]
mod sites;
#[path = "command_line/statuses.rs"]
mod statuses;
#[path = "command_line/track.rs"]
mod track;
#[path = "command_line/weights.rs"]
mod weights;
#[path = "command_line/wrong_input.rs"]
mod wrong_input;
#[path = "../src/exchange/pytorch/crafted/zip.rs"]
mod zip;

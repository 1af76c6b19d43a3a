//! The program as its users meet it: the built binary, in a folder of its own, on experiments that take a moment.
//!
//! `statuses` holds what every command exits with and prints, `reuse` what a second run does, `interruption` runs that
//! are killed or interrupted, `folder` what a run leaves to other programs, `wrong_input` what is said of data that cannot be used,
//! `weights` what goes in from PyTorch, is applied, and goes back.

#[path = "command_line/folder.rs"]
mod folder;
#[path = "command_line/interruption.rs"]
mod interruption;
#[path = "command_line/reuse.rs"]
mod reuse;
#[path = "command_line/scene.rs"]
mod scene;
#[path = "command_line/statuses.rs"]
mod statuses;
#[path = "command_line/weights.rs"]
mod weights;
#[path = "command_line/wrong_input.rs"]
mod wrong_input;

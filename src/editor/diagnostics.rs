//! What the compiler says, as an editor shows it.

//! Reading and compiling a file, and telling what the compiler says.

use super::Program;
use super::world::Files;
use crate::compile::{self, Compilation, Diagnostic, Severity};
use std::io::{IsTerminal, Write};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

/// The text of a file.
pub(super) fn read(path: &Path) -> Result<String, String> {
    match std::fs::read(path) {
        Ok(bytes) => String::from_utf8(bytes).map_err(|error| {
            let at = error.utf8_error().valid_up_to();
            format!("{}: not UTF-8 text (byte {at}); save it as UTF-8", path.display())
        }),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            Err(format!("{}: there is no such file", path.display()))
        }
        Err(error) => Err(format!("{}: cannot be read: {error}", path.display())),
    }
}

/// Writes a text in the place of a file: aside first, then renamed, so that an interruption cannot leave half of it.
pub(super) fn replace(path: &Path, text: &str) -> Result<(), String> {
    // A link stays one: what it names is replaced.
    let real = std::fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf());
    let folder = real.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let failed = |e: std::io::Error| format!("{}: cannot be written: {e}", path.display());
    let mut aside = tempfile::NamedTempFile::new_in(folder).map_err(failed)?;
    aside.write_all(text.as_bytes()).map_err(failed)?;
    let permissions = std::fs::metadata(&real).map_err(failed)?.permissions();
    std::fs::set_permissions(aside.path(), permissions).map_err(failed)?;
    aside.persist(&real).map_err(|e| failed(e.error))?;
    Ok(())
}

/// Compiles a file; where its data are needed, data that are not here are an error.
pub(super) fn compile(program: &Program, data_needed: bool) -> Result<(String, Compilation, Files), String> {
    let text = read(&program.file)?;
    let world = Files::beside(&program.file).with_data_needed(data_needed);
    let compilation = compile::compile(&program.file.display().to_string(), &text, &program.settings, &world);
    Ok((text, compilation, world))
}

/// The program of a file as it stands, without its sweeps; errors are printed on standard error.
pub(super) fn base(program: &Program) -> Result<crate::program::Program, String> {
    let (_, mut compilation, _) = compile(program, false)?;
    // What nothing trains or asks is of no concern here.
    compilation.diagnostics.retain(|d| d.severity == Severity::Error);
    tell(&compilation);
    let failed = compilation.failed();
    compilation.base.filter(|_| !failed).ok_or_else(|| format!("{} does not compile", program.file.display()))
}

/// Prints diagnostics on standard error, and how many there are.
pub(super) fn tell(compilation: &Compilation) {
    let colour = is_coloured();
    let mut stderr = std::io::stderr().lock();
    let width = terminal_width();
    for diagnostic in &compilation.diagnostics {
        let text = compile::render(diagnostic, &compilation.sources, colour, width);
        let _ = writeln!(stderr, "{text}");
    }
    let count = |severity: Severity| {
        let is = |d: &&Diagnostic| d.severity == severity;
        compilation.diagnostics.iter().filter(is).count()
    };
    let (errors, warnings) = (count(Severity::Error), count(Severity::Warning));
    if errors > 0 {
        let codes: Vec<&str> =
            compilation.diagnostics.iter().filter(|d| d.severity == Severity::Error).map(|d| d.code.code()).collect();
        let first = codes.first().copied().unwrap_or("");
        let _ = writeln!(stderr, "{} found; `fascicle explain {first}` says more", plural(errors, "error"));
    } else if warnings > 0 {
        let _ = writeln!(stderr, "{}", plural(warnings, "warning"));
    }
}

/// Whether what is written to standard error may be in colour.
pub(super) fn is_coloured() -> bool {
    std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none()
}

/// `1 error`, `2 errors`.
pub(super) fn plural(count: usize, what: &str) -> String {
    if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") }
}

fn terminal_width() -> usize {
    std::env::var("COLUMNS").ok().and_then(|c| c.parse().ok()).filter(|c| (40..=400).contains(c)).unwrap_or(110)
}

/// Prints a failure that is not a diagnostic.
pub(super) fn fail(message: &str) {
    let _ = writeln!(std::io::stderr().lock(), "error: {message}");
}

/// Says something that is neither a result nor a failure.
pub(super) fn note(message: &str) {
    let _ = writeln!(std::io::stderr().lock(), "{message}");
}

/// Prints a result for a program.
pub(super) fn print_json(result: &impl serde::Serialize) {
    match serde_json::to_string_pretty(result) {
        Ok(text) => print(&format!("{text}\n")),
        Err(error) => fail(&error.to_string()),
    }
}

/// Prints a result. A closed pipe is not an error: whoever read it has enough. Else what was lost is told at the end, see [`lost`].
pub(super) fn print(text: &str) {
    let mut stdout = std::io::stdout().lock();
    let written = stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush());
    if written.is_err_and(|e| e.kind() != std::io::ErrorKind::BrokenPipe) {
        LOST.store(true, Ordering::Relaxed);
    }
}

/// Whether a part of the answer could not be written.
pub(super) fn lost() -> bool {
    LOST.load(Ordering::Relaxed)
}

static LOST: AtomicBool = AtomicBool::new(false);

//! `fascicle-tree-sitter GRAMMAR.json FOLDER`: writes `parser.c` and the header that it includes.

use std::path::Path;
use std::process::ExitCode;
use tree_sitter_generate::OptLevel;

fn make(grammar: &str, folder: &str) -> Result<(), String> {
    let text = std::fs::read_to_string(grammar).map_err(|e| format!("{grammar}: {e}"))?;
    let mut told = Vec::new();
    let (_, parser) = tree_sitter_generate::generate_parser_for_grammar(&text, None, OptLevel::default(), &mut told)
        .map_err(|e| e.to_string())?;
    told.iter().for_each(|warning| eprintln!("{warning}"));
    let folder = Path::new(folder);
    std::fs::create_dir_all(folder.join("tree_sitter")).map_err(|e| e.to_string())?;
    std::fs::write(folder.join("parser.c"), parser).map_err(|e| e.to_string())?;
    let header = tree_sitter_generate::PARSER_HEADER;
    std::fs::write(folder.join("tree_sitter/parser.h"), header).map_err(|e| e.to_string())
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().collect();
    let [_, grammar, folder] = arguments.as_slice() else {
        eprintln!("usage: fascicle-tree-sitter GRAMMAR.json FOLDER");
        return ExitCode::from(2);
    };
    match make(grammar, folder) {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("{why}");
            ExitCode::FAILURE
        }
    }
}

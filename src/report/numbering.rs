//! What sections are made of: numbered figures and tables.

use maud::{Markup, html};

/// Hands out the numbers of figures and tables.
#[derive(Debug, Default)]
pub struct Numbering {
    figures: usize,
    tables: usize,
}

impl Numbering {
    /// A figure with its number and caption.
    pub fn figure(&mut self, body: Markup, caption: Markup) -> Markup {
        self.figures += 1;
        html! {
            figure {
                (body)
                figcaption { b { "Figure " (self.figures) "." } " " (caption) }
            }
        }
    }

    /// A table, already drawn, with its number and caption above.
    pub fn table(&mut self, caption: Markup, body: Markup) -> Markup {
        self.tables += 1;
        html! {
            figure class="tabular" {
                figcaption { b { "Table " (self.tables) "." } " " (caption) }
                (body)
            }
        }
    }
}

/// One section of the page.
pub struct Section {
    /// Its anchor.
    pub id: &'static str,
    /// Its heading.
    pub title: &'static str,
    /// What it says.
    pub body: Markup,
}

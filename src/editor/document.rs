//! A text with its lines: places as editors count them, and places carried over edits.
//!
//! The protocol ends a line at `\n`, `\r\n` and `\r`, and counts columns in units of UTF-8, UTF-16 or UTF-32, whichever the client
//! agreed to. Crates that index lines know `\n` alone, so the lines are counted here.

use std::ops::Range;
use std::sync::Arc;

/// A place in a text as an editor says it, from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The line.
    pub line: u32,
    /// How many units stand before it on the line.
    pub column: u32,
}

/// In which units columns are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Encoding {
    /// Bytes.
    Utf8,
    /// What the protocol has where nothing is agreed.
    #[default]
    Utf16,
    /// Characters.
    Utf32,
}

impl Encoding {
    fn units(self, c: char) -> usize {
        match self {
            Self::Utf8 => c.len_utf8(),
            Self::Utf16 => c.len_utf16(),
            Self::Utf32 => 1,
        }
    }
}

/// A text as it stands in an editor.
#[derive(Debug, Clone)]
pub struct Document {
    text: Arc<str>,
    /// The editor's number of this text.
    pub version: i32,
    /// Where each line begins.
    lines: Arc<[usize]>,
}

impl Document {
    /// A text.
    pub fn new(text: &str, version: i32) -> Self {
        let bytes = text.as_bytes();
        let ends = |at: &usize| match bytes[*at] {
            b'\n' => true,
            b'\r' => bytes.get(at + 1) != Some(&b'\n'),
            _ => false,
        };
        let lines = [0].into_iter().chain((0..bytes.len()).filter(ends).map(|at| at + 1)).collect();
        Self { text: Arc::from(text), version, lines }
    }

    /// The text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The text, to be kept.
    pub fn shared(&self) -> Arc<str> {
        self.text.clone()
    }

    /// How many lines it has: one more than it has line ends.
    pub fn lines(&self) -> usize {
        self.lines.len()
    }

    /// The line that holds a byte, from 0.
    pub fn line_of(&self, offset: usize) -> usize {
        self.lines.partition_point(|start| *start <= offset).saturating_sub(1)
    }

    /// The bytes of a line, without what ends it.
    pub fn line(&self, line: usize) -> Range<usize> {
        let start = self.lines.get(line).copied().unwrap_or(self.text.len());
        let next = self.lines.get(line + 1).copied().unwrap_or(self.text.len());
        let text = self.text.get(start..next).unwrap_or("");
        start..start + text.trim_end_matches(['\n', '\r']).len()
    }

    /// The byte at a place; one that lies behind the end of a line or of the text is its end, one within a character its start.
    pub fn offset(&self, place: Place, encoding: Encoding) -> usize {
        let Some(line) = usize::try_from(place.line).ok().filter(|line| *line < self.lines.len()) else {
            return self.text.len();
        };
        let line = self.line(line);
        let mut left = place.column as usize;
        let mut at = line.start;
        for c in self.text[line].chars() {
            let units = encoding.units(c);
            if units > left {
                break;
            }
            left -= units;
            at += c.len_utf8();
        }
        at
    }

    /// The place of a byte; one within a character counts as its start.
    pub fn place(&self, offset: usize, encoding: Encoding) -> Place {
        let mut offset = offset.min(self.text.len());
        while !self.text.is_char_boundary(offset) {
            offset -= 1;
        }
        let line = self.line_of(offset);
        let before = &self.text[self.lines[line]..offset];
        let column = before.chars().map(|c| encoding.units(c)).sum::<usize>();
        Place { line: line as u32, column: column as u32 }
    }

    /// The text with these bytes replaced. A range that does not lie in the text, or cuts a character, is drawn in to what does.
    pub fn edited(&self, range: Range<usize>, replacement: &str, version: i32) -> (Self, Edit) {
        let inside = |mut at: usize| {
            at = at.min(self.text.len());
            while !self.text.is_char_boundary(at) {
                at -= 1;
            }
            at
        };
        let start = inside(range.start);
        let end = inside(range.end).max(start);
        let mut text = String::with_capacity(self.text.len() + replacement.len());
        text.push_str(&self.text[..start]);
        text.push_str(replacement);
        text.push_str(&self.text[end..]);
        (Self::new(&text, version), Edit::reduced(start, &self.text[start..end], replacement))
    }
}

/// What an edit replaced: so many bytes from a place on by so many others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Edit {
    /// The first byte.
    pub start: usize,
    /// How many bytes went.
    pub removed: usize,
    /// How many came.
    pub inserted: usize,
}

impl Edit {
    /// The edit short of what both sides begin and end with: an editor that sends whole texts changes a word of them.
    fn reduced(start: usize, old: &str, new: &str) -> Self {
        let head = old.bytes().zip(new.bytes()).take_while(|(a, b)| a == b).count();
        let (old, new) = (&old.as_bytes()[head..], &new.as_bytes()[head..]);
        let tail = old.iter().rev().zip(new.iter().rev()).take_while(|(a, b)| a == b).count();
        Self { start: start + head, removed: old.len() - tail, inserted: new.len() - tail }
    }
}

/// Where the parts of an earlier text stand in a later one: what no edit touched, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Carry {
    kept: Vec<Kept>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Kept {
    then: usize,
    now: usize,
    length: usize,
}

impl Carry {
    /// Nothing was edited in a text of this length.
    pub fn whole(length: usize) -> Self {
        Self { kept: vec![Kept { then: 0, now: 0, length }] }
    }

    /// Whether nothing was edited.
    pub fn is_whole(&self) -> bool {
        matches!(self.kept.as_slice(), [Kept { then: 0, now: 0, .. }])
    }

    /// Goes on over one more edit.
    pub fn edit(&mut self, edit: Edit) {
        if edit.removed == 0 && edit.inserted == 0 {
            return;
        }
        let mut kept = Vec::with_capacity(self.kept.len() + 1);
        let end = edit.start + edit.removed;
        for part in &self.kept {
            // What stands before the edit, and what stands behind it, moved.
            let before = edit.start.saturating_sub(part.now).min(part.length);
            if before > 0 {
                kept.push(Kept { length: before, ..*part });
            }
            let skipped = end.saturating_sub(part.now).min(part.length);
            if skipped < part.length {
                let now = part.now + skipped + edit.inserted - edit.removed;
                // Without removal an edit between two parts must not give the same bytes twice.
                let skipped = skipped.max(before);
                kept.push(Kept { then: part.then + skipped, now, length: part.length - skipped });
            }
        }
        kept.retain(|part| part.length > 0);
        self.kept = kept;
    }

    /// Where an earlier place stands now; `None` where its surroundings were edited away.
    pub fn now(&self, then: usize) -> Option<usize> {
        let part = self.kept.iter().find(|p| p.then <= then && then <= p.then + p.length)?;
        Some(part.now + (then - part.then))
    }

    /// Where a present place stood; `None` where it was written since.
    pub fn then(&self, now: usize) -> Option<usize> {
        let part = self.kept.iter().find(|p| p.now <= now && now <= p.now + p.length)?;
        Some(part.then + (now - part.now))
    }

    /// Where an earlier stretch stands now, if nothing in it was edited.
    pub fn range_now(&self, then: Range<usize>) -> Option<Range<usize>> {
        let part = self.kept.iter().find(|p| p.then <= then.start && then.end <= p.then + p.length)?;
        let at = |then: usize| part.now + (then - part.then);
        Some(at(then.start)..at(then.end))
    }

    /// Where an earlier stretch stands now, edited within or not: from where its start is to where its end is.
    pub fn stretch_now(&self, then: Range<usize>) -> Option<Range<usize>> {
        let first = self.kept.iter().find(|p| p.then <= then.start && then.start < p.then + p.length);
        let last = self.kept.iter().find(|p| p.then < then.end && then.end <= p.then + p.length);
        let (start, end) = (first?, last?);
        let range = start.now + (then.start - start.then)..end.now + (then.end - end.then);
        (range.start <= range.end).then_some(range)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_counted_in_the_units_that_were_agreed() {
        let document = Document::new("a = \"é𝛼\" b\r\nnext\rlast", 1);
        let b = document.text().find(" b").unwrap_or_default() + 1;
        for (encoding, column) in [(Encoding::Utf8, 13), (Encoding::Utf16, 10), (Encoding::Utf32, 9)] {
            let place = document.place(b, encoding);
            assert_eq!(place, Place { line: 0, column }, "{encoding:?}");
            assert_eq!(document.offset(place, encoding), b, "{encoding:?}");
        }
        assert_eq!(document.lines(), 3);
        assert_eq!(&document.text()[document.line(1)], "next");
        assert_eq!(document.offset(Place { line: 1, column: 99 }, Encoding::Utf16), document.line(1).end);
        assert_eq!(document.offset(Place { line: 9, column: 0 }, Encoding::Utf16), document.text().len());
    }

    #[test]
    fn every_place_survives_the_way_there_and_back() {
        let document = Document::new("é\n\r\n𝛼x\r", 0);
        for encoding in [Encoding::Utf8, Encoding::Utf16, Encoding::Utf32] {
            for at in (0..=document.text().len()).filter(|at| document.text().is_char_boundary(*at)) {
                let line_end = document.line(document.line_of(at)).end;
                let expected = at.min(line_end);
                assert_eq!(document.offset(document.place(at, encoding), encoding), expected, "{at} {encoding:?}");
            }
        }
    }

    #[test]
    fn what_no_edit_touched_is_found_again() {
        let document = Document::new("model m(a) { a |> relu }", 0);
        let mut carry = Carry::whole(document.text().len());
        let (document, edit) = document.edited(6..7, "other", 1);
        carry.edit(edit);
        let at = document.text().find("|>").unwrap_or_default();
        let (document, edit) = document.edited(at..at, "|> flatten ", 2);
        carry.edit(edit);
        assert_eq!(document.text(), "model other(a) { a |> flatten |> relu }");
        let relu = 18..22;
        assert_eq!(carry.range_now(relu).map(|r| &document.text()[r]), Some("relu"));
        assert_eq!(carry.then(document.text().find("relu").unwrap_or_default()), Some(18));
        assert_eq!(carry.range_now(13..22), None);
        assert_eq!(carry.stretch_now(13..22).map(|r| &document.text()[r]), Some("a |> flatten |> relu"));
        assert_eq!(carry.range_now(6..7), None);
    }

    #[test]
    fn a_whole_text_that_is_sent_again_moves_what_follows_alone() {
        let document = Document::new("one two three", 0);
        let (document, edit) = document.edited(0..13, "one 2 three", 1);
        assert_eq!(edit, Edit { start: 4, removed: 3, inserted: 1 });
        assert_eq!(document.text(), "one 2 three");
    }
}

//! How much room a label takes, and what is done when it does not fit.
//!
//! The page is shown in whatever font the reader's system has, so widths are estimates that lean to the generous side.

const ELLIPSIS: char = '…';

/// Estimated width of `text` in pixels at a font size of `size` pixels.
pub fn width(text: &str, size: f64) -> f64 {
    text.chars().map(em).sum::<f64>() * size
}

/// `text`, with its middle taken out where it is wider than `room` pixels. Names of regions differ at both ends.
pub fn shorten(text: &str, size: f64, room: f64) -> String {
    if width(text, size) <= room {
        return text.to_owned();
    }
    let letters: Vec<char> = text.chars().collect();
    let (mut head, mut tail, mut used) = (0, letters.len(), em(ELLIPSIS) * size);
    while head < tail {
        let takes_head = 2 * head <= 3 * (letters.len() - tail);
        let next = if takes_head { letters[head] } else { letters[tail - 1] };
        used += em(next) * size;
        if used > room {
            break;
        }
        if takes_head { head += 1 } else { tail -= 1 }
    }
    letters[..head].iter().chain([&ELLIPSIS]).chain(&letters[tail..]).collect()
}

/// `text` in lines no wider than `room` pixels, broken at spaces; a word that is wider than that is shortened.
pub fn wrap(text: &str, size: f64, room: f64) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if width(line, size) + width(word, size) + em(' ') * size <= room => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(shorten(word, size, room)),
        }
    }
    lines
}

/// The width of one character in units of the font size, after DejaVu Sans, which is wider than most.
fn em(letter: char) -> f64 {
    match letter {
        'i' | 'j' | 'l' | '.' | ',' | ':' | ';' | '\'' | '|' | '!' | ' ' | '\u{202f}' => 0.32,
        'f' | 'r' | 't' | '(' | ')' | '[' | ']' | '{' | '}' | '/' | '-' | '"' | 'I' => 0.4,
        'm' | 'w' | 'M' | 'W' | '@' | '%' | '—' => 0.93,
        'A'..='Z' => 0.69,
        '0'..='9' => 0.62,
        '\u{1100}'.. => 1.0,
        _ => 0.6,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_name_loses_its_middle_and_keeps_both_ends() {
        let short = shorten("ctx_lh_G_and_S_cingul-Mid-Ant_thickness", 12.0, 140.0);
        assert!(short.starts_with("ctx_lh_") && short.ends_with("ness"), "{short}");
        assert!(width(&short, 12.0) <= 140.0);
        assert_eq!(shorten("age", 12.0, 140.0), "age");
    }

    #[test]
    fn no_room_at_all_leaves_the_ellipsis() {
        assert_eq!(shorten("hippocampus", 12.0, 0.0), "…");
        assert_eq!(wrap("", 12.0, 100.0), Vec::<String>::new());
    }

    #[test]
    fn lines_break_at_spaces_and_fit() {
        let lines = wrap("no T1-weighted image within ninety days of the visit", 12.0, 120.0);
        assert!(lines.len() > 2);
        assert!(lines.iter().all(|line| width(line, 12.0) <= 120.0), "{lines:?}");
        assert_eq!(lines.join(" "), "no T1-weighted image within ninety days of the visit");
    }
}

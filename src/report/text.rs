//! Plain text for terminals: cleaning, padding, cutting and wrapping.
//!
//! Width is counted in characters. That is exact for everything the program writes itself; a user's
//! own names in wide scripts may push a column to the right, which costs looks and nothing else.

/// The widest line a report prints.
pub const WIDTH: usize = 100;

/// A user's text made safe for a terminal: control characters, which could move the cursor or change
/// the colours, become `�`.
pub fn clean(text: &str) -> String {
    text.chars().map(|c| if c.is_control() || is_bidi(c) { '\u{FFFD}' } else { c }).collect()
}

/// Characters that reverse the direction of what follows them.
fn is_bidi(c: char) -> bool {
    matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

/// The width of a text on a terminal.
pub fn width(text: &str) -> usize {
    text.chars().count()
}

/// Cut to `most` characters, with an ellipsis where something is missing.
pub fn cut(text: &str, most: usize) -> String {
    if width(text) <= most {
        return text.into();
    }
    let mut out: String = text.chars().take(most.saturating_sub(1)).collect();
    out.push('…');
    out
}

/// Blanks on the right up to `size`.
pub fn left(text: &str, size: usize) -> String {
    format!("{text}{}", " ".repeat(size.saturating_sub(width(text))))
}

/// Blanks on the left up to `size`.
pub fn right(text: &str, size: usize) -> String {
    format!("{}{text}", " ".repeat(size.saturating_sub(width(text))))
}

/// Lines of at most [`WIDTH`], broken at blanks; the first begins with `first`, the others are
/// indented as far. A word too long for a line is cut into pieces.
pub fn wrapped(first: &str, text: &str) -> String {
    let indent = width(first);
    let room = WIDTH - indent;
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        let mut word: Vec<char> = word.chars().collect();
        let line = lines.last_mut().expect("begun with one line");
        let used = width(line);
        if used > 0 && used + 1 + word.len() > room {
            lines.push(String::new());
        } else if used > 0 {
            line.push(' ');
        }
        while word.len() > room {
            let rest = word.split_off(room);
            lines.last_mut().expect("begun with one line").extend(word);
            lines.push(String::new());
            word = rest;
        }
        lines.last_mut().expect("begun with one line").extend(word);
    }
    let gap = format!("\n{}", " ".repeat(indent));
    format!("{first}{}\n", lines.join(&gap))
}

/// A bar of `share` (0..=1) of `blocks` blocks, to an eighth of a block; never empty for something.
pub fn bar(share: f64, blocks: usize) -> String {
    const EIGHTHS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];
    let most = blocks * 8;
    let eighths = (share.clamp(0.0, 1.0) * most as f64).round() as usize;
    let eighths = if share > 0.0 { eighths.max(1) } else { 0 };
    format!("{}{}", "█".repeat(eighths / 8), EIGHTHS[eighths % 8])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_cannot_steer_the_terminal() {
        assert_eq!(clean("a\x1b[31mb\r\n\u{202E}c"), "a\u{FFFD}[31mb\u{FFFD}\u{FFFD}\u{FFFD}c");
    }

    #[test]
    fn texts_are_padded_and_cut_by_character() {
        assert_eq!(left("größe", 7), "größe  ");
        assert_eq!(right("5 %", 5), "  5 %");
        assert_eq!(cut("größe", 5), "größe");
        assert_eq!(cut("größer", 5), "größ…");
    }

    #[test]
    fn long_text_is_wrapped_under_itself() {
        let text = wrapped("  ⚠ ", &"word ".repeat(40));
        let lines: Vec<_> = text.lines().collect();
        assert_eq!(lines.len(), 3);
        assert!(lines[0].starts_with("  ⚠ word") && lines[1].starts_with("    word"));
        assert!(lines.iter().all(|l| width(l) <= WIDTH && !l.ends_with(' ')));
    }

    #[test]
    fn a_word_without_blanks_is_cut_to_the_width() {
        let text = wrapped("  ", &format!("see {}", "x".repeat(250)));
        assert!(text.lines().all(|l| width(l) <= WIDTH));
        assert_eq!(text.matches('x').count(), 250);
    }

    #[test]
    fn bars_are_drawn_to_an_eighth_and_never_vanish() {
        let drawn = [0.0, 1e-9, 0.05, 0.365, 0.5, 1.0].map(|share| bar(share, 20));
        assert_eq!(drawn[..4], ["", "▏", "█", "███████▎"]);
        assert_eq!(drawn[4..].iter().map(|b| width(b)).collect::<Vec<_>>(), [10, 20]);
    }
}

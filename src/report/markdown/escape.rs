//! A user's text inside Markdown: it must stay text, whatever renders the page.

use crate::report::text;

/// Text safe in a paragraph, a heading and a table cell: no markup, no HTML, no new line.
pub fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text::clean(text).chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            // A backslash before `|` is understood by tables of every renderer, in code not by all.
            '\\' | '`' | '*' | '_' | '[' | ']' | '#' | '|' | '~' | '!' => out.extend(['\\', c]),
            _ => out.push(c),
        }
    }
    out
}

/// Text as code, also in a table cell. HTML instead of backticks, because inside backticks neither
/// `|` nor a backtick can be written so that every renderer agrees.
pub fn code(text: &str) -> String {
    let mut out = String::from("<code>");
    for c in text::clean(text).chars() {
        match c {
            c if c.is_alphanumeric() || " .,-/:@%+".contains(c) => out.push(c),
            c => out.push_str(&format!("&#{};", u32::from(c))),
        }
    }
    out + "</code>"
}

/// Lines in a fence longer than any run of backticks in them.
pub fn fenced(text: &str) -> String {
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest.max(2) + 1);
    format!("{fence}sh\n{text}\n{fence}\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_markup_survives() {
        assert_eq!(
            escaped("<b>|x|`y`*z*\n[a](b)"),
            "&lt;b&gt;\\|x\\|\\`y\\`\\*z\\*\u{FFFD}\\[a\\](b)"
        );
        assert_eq!(code("a|`b`<i>_"), "<code>a&#124;&#96;b&#96;&#60;i&#62;&#95;</code>");
    }

    #[test]
    fn a_fence_cannot_be_closed_from_inside() {
        assert_eq!(fenced("x"), "```sh\nx\n```\n");
        assert!(fenced("a ```` b").starts_with("`````sh\n"));
    }
}

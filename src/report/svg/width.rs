//! How wide a text is, without knowing the font: the widths of common sans-serif fonts, rounded up.

/// In the unit of the size.
pub fn width(text: &str, size: f64) -> f64 {
    let em: f64 = text
        .chars()
        .map(|c| match c {
            'i' | 'j' | 'l' | '.' | ',' | ':' | ';' | '|' | '!' | '\'' | ' ' | '·' => 0.31,
            'f' | 't' | 'r' | '(' | ')' | '[' | ']' | '-' | '/' | '"' | '*' | '…' => 0.42,
            'm' | 'w' | 'M' | 'W' | '@' | '%' | '–' | '—' => 0.9,
            c if c.is_uppercase() => 0.7,
            c if c.is_ascii() => 0.58,
            // Wide scripts.
            c if u32::from(c) >= 0x1100 => 1.05,
            _ => 0.66,
        })
        .sum();
    em * size
}

/// Cut so that it fits.
pub fn cut(text: &str, size: f64, most: f64) -> String {
    let text = crate::report::text::clean(text);
    if width(&text, size) <= most {
        return text;
    }
    let mut out = String::new();
    for c in text.chars() {
        out.push(c);
        if width(&out, size) + 0.6 * size > most {
            break;
        }
    }
    out.pop();
    out.trim_end().to_string() + "…"
}

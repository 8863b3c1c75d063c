//! Pictures made by ourselves: shapes with literal colours, so that they need no style, no script and
//! no font, with a title and a description, and byte-identical for the same result.

mod paint;
pub mod pictures;
#[cfg(feature = "png")]
pub mod raster;
pub mod scale;
mod shape;
mod width;

pub use paint::Paint;
pub use shape::{Anchor, Node, Shape, circle, curve, line, path, rect, text};
pub use width::{cut, width};

/// A picture: a title for people who cannot see it, and shapes in the order in which they are painted.
#[derive(Clone, Debug)]
pub struct Picture {
    pub width: f64,
    pub height: f64,
    pub title: String,
    pub description: String,
    pub nodes: Vec<Node>,
}

impl Picture {
    pub fn new(width: f64, title: impl Into<String>) -> Picture {
        let (title, description) = (title.into(), String::new());
        Picture { width, height: 0.0, title, description, nodes: Vec::new() }
    }

    pub fn add(&mut self, node: Node) {
        self.nodes.push(node);
    }

    /// Inside a page: `id` makes the names of title and description unique, `class` is for the style,
    /// and with `hidden` only a style can show it, where there is no pointer to rest on a shape.
    pub fn inline(&self, id: &str, class: &str, hidden: bool) -> String {
        let (w, h) = (number(self.width), number(self.height));
        let hidden = if hidden { " display=\"none\"" } else { "" };
        let head = format!(
            "<svg class=\"{class}\" role=\"img\" aria-labelledby=\"{id}-t {id}-d\" \
             xmlns=\"http://www.w3.org/2000/svg\" width=\"{w}\" height=\"{h}\" \
             viewBox=\"0 0 {w} {h}\" font-family=\"{FONTS}\" font-size=\"13\"{hidden}>\n\
             <title id=\"{id}-t\">{}</title>\n<desc id=\"{id}-d\">{}</desc>\n",
            escaped(&self.title),
            escaped(&self.description),
        );
        self.document(&head, hidden.is_empty())
    }

    /// A file of its own, on white.
    pub fn file(&self) -> String {
        let (w, h) = (number(self.width + 2.0 * MARGIN), number(self.height + 2.0 * MARGIN));
        let (x, y) = (number(-MARGIN), number(-MARGIN));
        let head = format!(
            "<svg role=\"img\" aria-labelledby=\"t d\" xmlns=\"http://www.w3.org/2000/svg\" \
             width=\"{w}\" height=\"{h}\" viewBox=\"{x} {y} {w} {h}\" font-family=\"{FONTS}\" \
             font-size=\"13\">\n<title id=\"t\">{}</title>\n<desc id=\"d\">{}</desc>\n\
             <rect x=\"{x}\" y=\"{y}\" width=\"{w}\" height=\"{h}\" fill=\"#ffffff\"/>\n",
            escaped(&self.title),
            escaped(&self.description),
        );
        self.document(&head, true)
    }

    fn document(&self, head: &str, hints: bool) -> String {
        let mut out = String::from(head);
        for node in &self.nodes {
            node.write(&mut out, hints);
        }
        out + "</svg>\n"
    }
}

/// Around a picture in a file of its own.
pub const MARGIN: f64 = 16.0;
const FONTS: &str = "system-ui, Segoe UI, Roboto, Helvetica, Arial, DejaVu Sans, sans-serif";

/// A coordinate: at most one decimal, none where there are none.
fn number(x: f64) -> String {
    let text = format!("{:.1}", if x.is_finite() { x } else { 0.0 });
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" { "0".into() } else { text.into() }
}

/// Safe in the text and in a quoted attribute of markup.
pub fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in super::text::clean(text).chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn coordinates_are_short() {
        let told = [0.0, -0.001, 1.0, 1.5, 1.256, 1e3, f64::NAN].map(number);
        assert_eq!(told, ["0", "0", "1", "1.5", "1.3", "1000", "0"]);
    }

    #[test]
    fn names_stay_text() {
        let mut picture = Picture::new(100.0, "<script>\"'&");
        picture.add(text(0.0, 0.0, "</text><script>").titled("\" onload=\"x"));
        let svg = picture.inline("a\u{62}", "wide", false);
        assert!(!svg.contains("<script") && !svg.contains("\" onload"), "{svg}");
    }
}

//! The shapes that pictures are made of.

use super::{Paint, escaped, number};

/// A shape with its looks.
#[derive(Clone, Debug)]
pub struct Node {
    pub shape: Shape,
    pub fill: Option<Paint>,
    pub stroke: Option<(Paint, f64)>,
    pub dashed: bool,
    /// Shown where a pointer rests, and read to people who cannot see.
    pub title: String,
    /// Attributes for the script: names and values that are numbers or plain words.
    pub data: Vec<(&'static str, String)>,
    pub class: &'static str,
    /// Only a script can show it.
    pub hidden: bool,
}

#[derive(Clone, Debug)]
pub enum Shape {
    Rect {
        x: f64,
        y: f64,
        w: f64,
        h: f64,
        r: f64,
    },
    Circle {
        x: f64,
        y: f64,
        r: f64,
    },
    Line {
        from: (f64, f64),
        to: (f64, f64),
    },
    Path {
        points: Vec<(f64, f64)>,
        closed: bool,
    },
    /// A smooth line from left to right.
    Curve {
        from: (f64, f64),
        to: (f64, f64),
    },
    Text {
        x: f64,
        y: f64,
        size: f64,
        anchor: Anchor,
        bold: bool,
        text: String,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Anchor {
    Start,
    Middle,
    End,
}

fn node(shape: Shape, fill: Option<Paint>, stroke: Option<(Paint, f64)>) -> Node {
    Node {
        shape,
        fill,
        stroke,
        dashed: false,
        title: String::new(),
        data: Vec::new(),
        class: "",
        hidden: false,
    }
}

pub fn rect(x: f64, y: f64, w: f64, h: f64, fill: Paint) -> Node {
    node(Shape::Rect { x, y, w: w.max(0.0), h: h.max(0.0), r: 0.0 }, Some(fill), None)
}

pub fn circle(x: f64, y: f64, r: f64, fill: Paint) -> Node {
    node(Shape::Circle { x, y, r }, Some(fill), None)
}

pub fn line(from: (f64, f64), to: (f64, f64), paint: Paint, width: f64) -> Node {
    node(Shape::Line { from, to }, None, Some((paint, width)))
}

pub fn path(points: Vec<(f64, f64)>, closed: bool, paint: Paint, width: f64) -> Node {
    node(Shape::Path { points, closed }, None, Some((paint, width)))
}

pub fn text(x: f64, y: f64, text: impl Into<String>) -> Node {
    let (anchor, text) = (Anchor::Start, text.into());
    node(Shape::Text { x, y, size: 13.0, anchor, bold: false, text }, Some(Paint::Ink), None)
}

impl Node {
    pub fn fill(mut self, paint: Paint) -> Node {
        self.fill = Some(paint);
        self
    }

    pub fn stroke(mut self, paint: Paint, width: f64) -> Node {
        self.stroke = Some((paint, width));
        self
    }

    pub fn dashed(mut self) -> Node {
        self.dashed = true;
        self
    }

    pub fn round(mut self, radius: f64) -> Node {
        if let Shape::Rect { r, .. } = &mut self.shape {
            *r = radius;
        }
        self
    }

    /// A rectangle, so much wider.
    pub fn widen(&mut self, by: f64) {
        if let Shape::Rect { w, .. } = &mut self.shape {
            *w += by;
        }
    }

    pub fn size(mut self, points: f64) -> Node {
        if let Shape::Text { size, .. } = &mut self.shape {
            *size = points;
        }
        self
    }

    pub fn bold(mut self) -> Node {
        if let Shape::Text { bold, .. } = &mut self.shape {
            *bold = true;
        }
        self
    }

    pub fn anchor(mut self, at: Anchor) -> Node {
        if let Shape::Text { anchor, .. } = &mut self.shape {
            *anchor = at;
        }
        self
    }

    pub fn end(self) -> Node {
        self.anchor(Anchor::End)
    }

    pub fn middle(self) -> Node {
        self.anchor(Anchor::Middle)
    }

    pub fn titled(mut self, title: impl Into<String>) -> Node {
        self.title = title.into();
        self
    }

    pub fn data(mut self, name: &'static str, value: impl ToString) -> Node {
        self.data.push((name, value.to_string()));
        self
    }

    pub fn class(mut self, class: &'static str) -> Node {
        self.class = class;
        self
    }

    pub fn hidden(mut self) -> Node {
        self.hidden = true;
        self
    }

    /// With `hints`, what is shown where a pointer rests.
    pub(super) fn write(&self, out: &mut String, hints: bool) {
        let (tag, place) = self.place();
        *out += &format!("<{tag}{place}");
        match self.fill {
            Some(paint) => *out += &format!(" fill=\"{}\"", paint.light()),
            None if matches!(self.shape, Shape::Line { .. }) => {}
            None => *out += " fill=\"none\"",
        }
        if let Some((paint, width)) = self.stroke {
            *out += &format!(" stroke=\"{}\" stroke-width=\"{}\"", paint.light(), number(width));
        }
        if self.dashed {
            *out += " stroke-dasharray=\"4 3\"";
        }
        if self.hidden {
            *out += " visibility=\"hidden\"";
        }
        if !self.class.is_empty() {
            *out += &format!(" class=\"{}\"", self.class);
        }
        for (name, value) in &self.data {
            *out += &format!(" data-{name}=\"{}\"", escaped(value));
        }
        let title = match self.title.as_str() {
            "" => String::new(),
            _ if !hints => String::new(),
            title => format!("<title>{}</title>", escaped(title)),
        };
        match &self.shape {
            Shape::Text { text, .. } => *out += &format!(">{title}{}</text>\n", escaped(text)),
            _ if title.is_empty() => *out += "/>\n",
            _ => *out += &format!(">{title}</{tag}>\n"),
        }
    }

    fn place(&self) -> (&'static str, String) {
        let n = number;
        match &self.shape {
            Shape::Rect { x, y, w, h, r } => {
                let round = if *r > 0.0 { format!(" rx=\"{}\"", n(*r)) } else { String::new() };
                let (x, y, w, h) = (n(*x), n(*y), n(*w), n(*h));
                ("rect", format!(" x=\"{x}\" y=\"{y}\" width=\"{w}\" height=\"{h}\"{round}"))
            }
            Shape::Circle { x, y, r } => {
                ("circle", format!(" cx=\"{}\" cy=\"{}\" r=\"{}\"", n(*x), n(*y), n(*r)))
            }
            Shape::Line { from, to } => {
                let (a, b, c, d) = (n(from.0), n(from.1), n(to.0), n(to.1));
                ("line", format!(" x1=\"{a}\" y1=\"{b}\" x2=\"{c}\" y2=\"{d}\""))
            }
            Shape::Path { points, closed } => {
                let points: Vec<_> =
                    points.iter().map(|(x, y)| format!("{},{}", n(*x), n(*y))).collect();
                let tag = if *closed { "polygon" } else { "polyline" };
                (tag, format!(" points=\"{}\"", points.join(" ")))
            }
            Shape::Curve { from, to } => {
                let middle = n((from.0 + to.0) / 2.0);
                let (a, b, c, d) = (n(from.0), n(from.1), n(to.0), n(to.1));
                ("path", format!(" d=\"M{a} {b}C{middle} {b} {middle} {d} {c} {d}\""))
            }
            Shape::Text { x, y, size, anchor, bold, .. } => {
                let anchor = match anchor {
                    Anchor::Start => "",
                    Anchor::Middle => " text-anchor=\"middle\"",
                    Anchor::End => " text-anchor=\"end\"",
                };
                let size = if *size == 13.0 {
                    String::new()
                } else {
                    format!(" font-size=\"{}\"", n(*size))
                };
                let bold = if *bold { " font-weight=\"600\"" } else { "" };
                ("text", format!(" x=\"{}\" y=\"{}\"{size}{anchor}{bold}", n(*x), n(*y)))
            }
        }
    }
}

/// A smooth line, as between an app and what it uses.
pub fn curve(from: (f64, f64), to: (f64, f64), paint: Paint, width: f64) -> Node {
    node(Shape::Curve { from, to }, None, Some((paint, width)))
}

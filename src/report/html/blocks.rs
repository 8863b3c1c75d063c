//! What a section is made of. Texts are plain; the template escapes them.

use crate::report::svg::Picture;
use crate::report::svg::pictures::{NARROW, WIDE};
use serde::Serialize;

#[derive(Debug, Serialize)]
pub struct Section {
    pub id: &'static str,
    pub number: usize,
    pub title: String,
    /// In the list of sections.
    pub short: &'static str,
    pub blocks: Vec<Block>,
}

#[derive(Debug, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Block {
    Text {
        text: String,
    },
    /// Something a reader must not miss.
    Note {
        text: String,
    },
    /// Where a setting would turn the verdict, and why it matters.
    Turn {
        text: String,
        rests: String,
    },
    /// What is not there, and why, in one line.
    Absent {
        text: String,
    },
    Heading {
        text: String,
    },
    List {
        items: Vec<String>,
    },
    Code {
        text: String,
    },
    Tiles {
        tiles: Vec<Tile>,
    },
    Facts {
        facts: Vec<(String, String)>,
    },
    Figure(Figure),
    Table(Table),
    Story {
        episodes: Vec<Told>,
    },
    /// Where the script puts the controls of the replay.
    Replay,
    /// Two columns where there is room: a picture, and what it shows in words.
    Beside {
        first: Vec<Block>,
        second: Vec<Block>,
    },
    /// Opened on demand.
    Fold {
        summary: String,
        blocks: Vec<Block>,
    },
}

#[derive(Debug, Serialize)]
pub struct Tile {
    pub value: String,
    pub label: String,
    pub more: String,
}

#[derive(Debug, Serialize)]
pub struct Figure {
    wide: String,
    narrow: Option<String>,
    /// Wider than a narrow page, where it is moved sideways.
    over: bool,
    caption: String,
    table: Option<Table>,
}

#[derive(Debug, Default, Serialize)]
pub struct Table {
    pub caption: String,
    /// For the style: `cards` stand below each other where there is no room for columns.
    pub class: &'static str,
    pub heads: Vec<Head>,
    pub rows: Vec<Vec<Cell>>,
}

#[derive(Clone, Debug, Serialize)]
pub struct Head {
    pub text: String,
    pub number: bool,
}

#[derive(Clone, Debug, Default, Serialize)]
pub struct Cell {
    pub text: String,
    pub number: bool,
    /// By which to sort, where the text would sort wrongly.
    pub sort: Option<String>,
    pub class: &'static str,
    pub code: bool,
}

/// An episode of the story.
#[derive(Debug, Serialize)]
pub struct Told {
    pub title: String,
    pub lines: Vec<ToldLine>,
    pub more: String,
}

#[derive(Debug, Serialize)]
pub struct ToldLine {
    pub at: String,
    pub at_s: f64,
    pub since: String,
    pub who: String,
    pub what: String,
    pub cause: String,
    pub weight: u8,
}

impl Figure {
    /// A picture drawn for both widths. `draw` gives none where there is nothing to see.
    pub fn both(
        id: &str,
        caption: impl Into<String>,
        table: Option<Table>,
        draw: impl Fn(f64) -> Option<Picture>,
    ) -> Option<Block> {
        let wide = draw(WIDE)?.inline(id, "wide", false);
        let narrow = draw(NARROW)?.inline(&format!("{id}-n"), "narrow", true);
        let caption = caption.into();
        Some(Block::Figure(Figure { wide, narrow: Some(narrow), over: false, caption, table }))
    }

    /// A picture that fits every page as it is.
    pub fn fit(id: &str, caption: impl Into<String>, table: Option<Table>, of: &Picture) -> Block {
        let (wide, caption) = (of.inline(id, "fit", false), caption.into());
        Block::Figure(Figure { wide, narrow: None, over: false, caption, table })
    }

    /// A picture that is moved sideways where it is wider than the page.
    pub fn one(id: &str, caption: impl Into<String>, table: Option<Table>, of: &Picture) -> Block {
        let (wide, caption) = (of.inline(id, "pan", false), caption.into());
        Block::Figure(Figure { wide, narrow: None, over: true, caption, table })
    }
}

impl Table {
    /// Heads that begin with `#` are of numbers.
    pub fn new(caption: impl Into<String>, heads: &[&str]) -> Table {
        let head = |text: &&str| Head {
            text: text.trim_start_matches('#').into(),
            number: text.starts_with('#'),
        };
        Table {
            caption: caption.into(),
            heads: heads.iter().map(head).collect(),
            ..Table::default()
        }
    }

    pub fn row(&mut self, cells: Vec<Cell>) {
        debug_assert_eq!(cells.len(), self.heads.len(), "{}", self.caption);
        let number = |(cell, head): (Cell, &Head)| Cell { number: head.number, ..cell };
        self.rows.push(cells.into_iter().zip(&self.heads).map(number).collect());
    }

    /// Lines become cards on a narrow page.
    pub fn cards(mut self) -> Table {
        self.class = " cards";
        self
    }

    pub fn block(self) -> Block {
        Block::Table(self)
    }

    /// Folded away where it is long.
    pub fn folded(self, most: usize) -> Block {
        if self.rows.len() <= most {
            return self.block();
        }
        let summary = format!("{} ({} lines)", self.caption, self.rows.len());
        Block::Fold { summary, blocks: vec![self.block()] }
    }
}

/// A cell of plain text.
pub fn cell(text: impl Into<String>) -> Cell {
    Cell { text: crate::report::text::clean(&text.into()), ..Cell::default() }
}

/// A cell that is sorted by its value; a plain number or percentage is found by the script itself.
pub fn value(text: impl Into<String>, by: f64) -> Cell {
    let text = text.into();
    let digits = text.trim_start_matches('~').trim_end_matches(" %");
    let plain = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    // Six digits sort as well as seventeen.
    let sort = (!plain && by.is_finite()).then(|| match by {
        0.0 => "0".into(),
        by => format!("{by:.5e}"),
    });
    Cell { sort, ..cell(text) }
}

impl Cell {
    pub fn class(mut self, class: &'static str) -> Cell {
        self.class = class;
        self
    }

    pub fn code(mut self) -> Cell {
        self.code = true;
        self
    }
}

pub fn paragraph(text: impl Into<String>) -> Block {
    Block::Text { text: crate::report::text::clean(&text.into()) }
}

//! W1 and W2 on simcore, the simulation core of DSLab.

use peers::*;
use serde::Serialize;
use simcore::{cast, Event, EventHandler, Simulation, SimulationContext};
use std::{cell::{Cell, RefCell}, collections::VecDeque, rc::Rc};
#[derive(Clone, Serialize)] struct Arr {}
#[derive(Clone, Serialize)] struct Dep {}
struct Q { ctx: SimulationContext, q: VecDeque<f64>, arrived: u64, n: u64, served: u64, sum: f64 }
impl EventHandler for Q {
    fn on(&mut self, e: Event) {
        cast!(match e.data {
            Arr {} => {
                self.q.push_back(e.time);
                if self.q.len() == 1 { self.ctx.emit_self(Dep {}, ex(1.0)); }
                self.arrived += 1;
                if self.arrived < self.n { self.ctx.emit_self(Arr {}, ex(1.0 / 0.9)); }
            }
            Dep {} => {
                self.sum += e.time - self.q.pop_front().unwrap();
                self.served += 1;
                if !self.q.is_empty() { self.ctx.emit_self(Dep {}, ex(1.0)); }
            }
        })
    }
}
struct C { ctx: SimulationContext, since: f64, down: Rc<Cell<f64>> }
impl EventHandler for C {
    fn on(&mut self, e: Event) {
        cast!(match e.data {
            Arr {} => { self.since = e.time; self.ctx.emit_self(Dep {}, ex(1.0)); }
            Dep {} => { self.down.set(self.down.get() + e.time - self.since); self.ctx.emit_self(Arr {}, ex(1000.0)); }
        })
    }
}
fn main() {
    let (w, n, lim) = args();
    let t0 = cpu_seconds();
    let mut sim = Simulation::new(1);
    if w == "w1" {
        let ctx = sim.create_context("q");
        ctx.emit_self(Arr {}, ex(1.0 / 0.9));
        let q = Rc::new(RefCell::new(Q { ctx, q: VecDeque::new(), arrived: 0, n, served: 0, sum: 0.0 }));
        sim.add_handler("q", q.clone());
        sim.step_until_no_events();
        let (c, v) = (q.borrow().served, q.borrow().sum);
        report("simcore", &w, n, 2 * c, cpu_seconds() - t0, v / c as f64);
    } else {
        let down = Rc::new(Cell::new(0.0));
        for i in 0..n {
            let name = format!("c{i}");
            let ctx = sim.create_context(&name);
            ctx.emit_self(Arr {}, ex(1000.0));
            sim.add_handler(&name, Rc::new(RefCell::new(C { ctx, since: 0.0, down: down.clone() })));
        }
        sim.steps(lim);
        report("simcore", &w, n, lim, cpu_seconds() - t0, down.get() / sim.time() / n as f64);
    }
}

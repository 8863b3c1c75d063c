//! W1 and W2 on odem-rs, processes as futures.

use peers::*;
use odem_rs::{core::ops::waker, prelude::*};
use std::{cell::{Cell, RefCell}, collections::VecDeque, pin::pin, task::Waker};
#[odem_rs::main]
async fn w1(sim: &Sim, n: u64) -> (u64, f64) {
    let q: RefCell<VecDeque<f64>> = RefCell::default();
    let wk: Cell<Option<Waker>> = Cell::new(None);
    let (served, sum) = (Cell::new(0u64), Cell::new(0.0));
    let srv = pin!(Job::new(async {
        while served.get() < n {
            loop {
                let Some(a) = q.borrow_mut().pop_front() else { break };
                sim.advance(ex(1.0)).await;
                sum.set(sum.get() + sim.now() - a);
                served.set(served.get() + 1);
            }
            if served.get() >= n { break; }
            wk.set(Some(waker().await));
            sleep().await;
        }
    }));
    let p = sim.activate(srv);
    let gen = pin!(Job::new(async {
        for _ in 0..n {
            sim.advance(ex(1.0 / 0.9)).await;
            q.borrow_mut().push_back(sim.now());
            if let Some(w) = wk.take() { w.wake(); }
        }
    }));
    sim.activate(gen);
    p.await;
    (served.get(), sum.get())
}
#[odem_rs::main]
async fn w2(sim: &Sim, n: u64, lim: u64) -> (u64, f64) {
    let (cnt, down) = (Cell::new(0u64), Cell::new(0.0));
    let jobs = pin!(Pool::with_capacity(n as usize).with(Job::new));
    for _ in 0..n {
        let (cnt, down) = (&cnt, &down);
        let j = jobs.alloc(async move {
            loop {
                sim.advance(ex(1000.0)).await;
                cnt.set(cnt.get() + 1);
                let t = sim.now();
                sim.advance(ex(1.0)).await;
                cnt.set(cnt.get() + 1);
                down.set(down.get() + sim.now() - t);
            }
        });
        sim.activate(j);
    }
    sim.advance(lim as f64 / (2.0 * n as f64) * 1001.0).await;
    (cnt.get(), down.get() / sim.now() / n as f64)
}
fn main() {
    let (w, n, lim) = args();
    let t0 = cpu_seconds();
    if w == "w1" {
        let (c, s) = w1(n);
        report("odem-rs", &w, n, 2 * c, cpu_seconds() - t0, s / c as f64);
    } else {
        let (c, s) = w2(n, lim);
        report("odem-rs", &w, n, c, cpu_seconds() - t0, s);
    }
}

//! W2 on the event queue of Cimba, a simulation library in C.
//!
//! `cimba w2 N EVENTS`, with the path of its shared library in the variable CIMBA_LIB: that of the
//! wheel `cimba` of PyPI will do, so nothing need be built of it.

use libloading::{Library, Symbol};
use peers::*;
use std::cell::Cell;
use std::ffi::c_void;
use std::ptr::null_mut;

type Action = unsafe extern "C" fn(*mut c_void, *mut c_void);
type Schedule = unsafe extern "C" fn(Action, *mut c_void, *mut c_void, f64, i64) -> u64;
type Time = unsafe extern "C" fn() -> f64;

thread_local! {
    static ENGINE: Cell<Option<(Schedule, Time)>> = const { Cell::new(None) };
    static DOWN: Cell<f64> = const { Cell::new(0.0) };
}

fn engine() -> (Schedule, Time) {
    ENGINE.get().expect("it is loaded before the first event")
}

unsafe extern "C" fn fails(since: *mut c_void, _: *mut c_void) {
    let (schedule, time) = engine();
    let now = time();
    *since.cast::<f64>() = now;
    schedule(is_repaired, since, null_mut(), now + ex(1.0), 0);
}

unsafe extern "C" fn is_repaired(since: *mut c_void, _: *mut c_void) {
    let (schedule, time) = engine();
    let now = time();
    DOWN.set(DOWN.get() + now - *since.cast::<f64>());
    schedule(fails, since, null_mut(), now + ex(1000.0), 0);
}

fn main() {
    let (w, n, lim) = args();
    assert_eq!(w, "w2", "only W2 is stated for it");
    let path = std::env::var("CIMBA_LIB").expect("CIMBA_LIB names the shared library");
    // SAFETY: the types are those of its header cmb_event.h.
    unsafe {
        let library = Library::new(path).expect("it can be loaded");
        let start: Symbol<unsafe extern "C" fn(f64)> =
            library.get(b"cmb_event_queue_initialize").unwrap();
        let next: Symbol<unsafe extern "C" fn() -> bool> =
            library.get(b"cmb_event_execute_next").unwrap();
        let schedule = *library.get::<Schedule>(b"cmb_event_schedule").unwrap();
        let time = *library.get::<Time>(b"cmb_time").unwrap();
        ENGINE.set(Some((schedule, time)));

        let t0 = cpu_seconds();
        start(0.0);
        let mut since = vec![0.0_f64; n as usize];
        for it in &mut since {
            schedule(fails, (it as *mut f64).cast(), null_mut(), ex(1000.0), 0);
        }
        for _ in 0..lim {
            next();
        }
        report("cimba", &w, n, lim, cpu_seconds() - t0, DOWN.get() / time() / n as f64);
    }
}

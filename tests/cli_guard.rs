//! A panic anywhere in the program is an exit code, not a crash. In a file of its own because it
//! replaces the panic hook of the whole process.

use zonefall::cli::guard::guarded;
use zonefall::report::exit::Exit;

#[test]
fn a_panic_on_any_thread_ends_with_the_code_of_an_internal_error() {
    assert_eq!(guarded(|| Exit::Undecided), Exit::Undecided);
    assert_eq!(guarded(|| panic!("on the main thread")), Exit::Internal);
    let on_a_worker = || {
        std::thread::scope(|scope| {
            scope.spawn(|| -> Exit { panic!("on a worker") }).join().unwrap()
        })
    };
    assert_eq!(guarded(on_a_worker), Exit::Internal);
}

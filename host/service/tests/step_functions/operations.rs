//! The operations by their names.

use super::*;

#[tokio::test]
async fn every_operation_that_is_named_is_answered() {
    let account = account(Clock::Virtual(NOW)).await;
    for operation in StepFunctions::OPERATIONS {
        // Only lists need no parameter.
        match account.call(operation, "{}").await {
            Ok(_) => assert!(operation.starts_with("List"), "{operation}"),
            Err(error) => assert!(
                error.starts_with("ValidationException: "),
                "{operation}: {error}"
            ),
        }
    }
    let unknown = account.call("ListEverything", "{}").await.unwrap_err();
    assert!(
        unknown.starts_with("UnknownOperationException: "),
        "{unknown}"
    );
}

#[test]
fn operations_are_in_the_order_of_their_names() {
    assert!(StepFunctions::OPERATIONS.is_sorted());
}

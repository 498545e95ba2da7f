//! What the interface tells of is on the disk.

use registry_store::SyncFault;

use super::*;

#[tokio::test]
async fn what_is_held_is_told_once_the_disk_has_it_and_how_the_centre_fares_always() {
    let desk = Desk::open().await;
    let get = async |path: &str| {
        desk.ask(&format!("GET /api/v1/{path}"), &desk.all, None)
            .await
    };
    assert_eq!(get("numbers/blocks").await.0, 200);
    // Something is staged, and the disk does not take it.
    let officer = json!({"id": "moi", "name": "Lê Thị Mới", "roles": ["residence"]}).to_string();
    desk.world.store.fail_next_sync(SyncFault::DiskFull);
    let (status, told) = desk
        .ask(
            "POST /api/v1/offices/00004/officers",
            &desk.all,
            Some(&officer),
        )
        .await;
    assert_eq!((status, error_code(&told)), (503, "not_durable"));
    for path in ["cases", "numbers/blocks", "applications"] {
        desk.world.store.fail_next_sync(SyncFault::DiskFull);
        let (status, told) = get(path).await;
        assert_eq!((status, error_code(&told)), (503, "not_durable"), "{path}");
        for fares in ["nodes", "summary"] {
            assert_eq!(get(fares).await.0, 200, "{fares}");
        }
    }
    // There is room again.
    for path in ["cases", "numbers/blocks", "applications"] {
        assert_eq!(get(path).await.0, 200, "{path}");
    }
}

"""One file a resource: its operations, over the services of the business."""

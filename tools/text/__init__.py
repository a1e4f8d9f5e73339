"""Text services trained and measured offline: classification here, entities beside it."""

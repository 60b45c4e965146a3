"""What the planes say to each other: messages, tickets, and proof of a recorder's name. See docs/design/planes.md."""

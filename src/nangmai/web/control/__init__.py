"""The web end of the exchange with recorders (docs/design/planes.md): reports in, desired state out."""

"""What comes from outside: complaints, evidence, requests for permission, demands of authorities; and the answers."""

"""Break-glass: footage seen without an order while life is in danger, and judged by the board afterwards."""

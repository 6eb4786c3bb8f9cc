"""The database: engine, transactions, column types and migrations. It knows no table of any other room."""

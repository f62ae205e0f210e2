"""Files of claims: up to millions of services, each checked, with the rows that are not payable and why."""

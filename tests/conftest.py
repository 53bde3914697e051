"""Options of the test run."""


def pytest_addoption(parser) -> None:
    parser.addoption(
        "--approve", action="store_true", help="write what the chapters print to tests/approved/ (make approve)"
    )

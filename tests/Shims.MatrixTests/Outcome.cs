namespace Shims.MatrixTests;

/// <summary>What stands in a cell.</summary>
public enum Outcome
{
    Passed,

    /// <summary>A limit of the web server, explained below the table.</summary>
    NotApplicable,

    Failed,
}

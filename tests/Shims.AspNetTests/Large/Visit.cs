namespace Shims.AspNetTests.Large;

/// <summary>What one visitor does, step by step.</summary>
/// <param name="Name">What it is about, for the test's name.</param>
/// <param name="Steps">The requests.</param>
internal sealed record Visit(string Name, params Step[] Steps);

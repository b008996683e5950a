namespace Shims.ReadmeTests;

/// <summary>An action that a workflow uses.</summary>
/// <param name="Name">Owner and repository.</param>
/// <param name="Reference">What it is pinned to.</param>
/// <param name="Version">The comment after it.</param>
internal sealed record WorkflowAction(string Name, string Reference, string Version);

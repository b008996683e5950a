namespace Shims.Diagnostics;

/// <summary>The output of <c>--version</c>.</summary>
internal static class ProgramVersion
{
    /// <summary>The number of digits of the commit that people write.</summary>
    private const int ShownDigits = 7;

    /// <summary>The version alone; empty in a program that is not one of ours.</summary>
    internal static string Number => AppContext.GetData("Shims.Version") as string ?? "";

    /// <summary>"scgi-run 0.1.0 (78f191d)": the program, its version, and the commit that it was built from, where that is known.</summary>
    /// <param name="program">The program's name.</param>
    internal static string Line(string program) => Line(program, AppContext.GetData("Shims.Version") as string, AppContext.GetData("Shims.Commit") as string);

    /// <summary>The output for a given version and commit.</summary>
    internal static string Line(string program, string? version, string? commit) => commit is { Length: > 0 }
        ? $"{program} {version} ({(commit.Length > ShownDigits ? commit[..ShownDigits] : commit)})"
        : $"{program} {version}";
}

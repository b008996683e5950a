using System.Text.RegularExpressions;
using Shims.Testing;

namespace Shims.Tests.Architecture;

/// <summary>The layout of src/Shims: which folder may know which, how large a knot of types may be, and where unsafe code may stand.</summary>
public sealed partial class ArchitectureTests
{
    /// <summary>Types that may all lead to each other.</summary>
    private const int LargestKnot = 4;

    private static readonly TypeGraph s_shims = TypeGraph.Of(typeof(Shim).Assembly.Location);

    /// <summary>Each folder of src/Shims with those that it may know. The first know nothing; nothing knows the last.</summary>
    /// <remarks>"" is the folder itself: <see cref="Limits"/>, and the library's entrance, which is for Hosting.</remarks>
    private static readonly Dictionary<string, string[]> s_arrows = new()
    {
        ["Buffers"] = [],
        ["Posix"] = ["Buffers"],
        ["Diagnostics"] = ["Buffers", "Posix"],
        ["Cgi"] = ["Buffers", "Posix", "Diagnostics"],
        ["Scgi"] = ["Buffers", "Cgi"],
        ["FastCgi"] = ["Buffers", "Cgi"],
        ["Early"] = ["Buffers", "Posix", "Diagnostics", "Cgi", "Scgi", "FastCgi"],
        ["Gateway/Requests"] = ["Buffers", "Posix", "Diagnostics", "Cgi"],
        ["Gateway/Connections"] = ["Buffers", "Posix", "Diagnostics", "Cgi", "Scgi", "FastCgi", "Early", "Gateway/Requests"],
        ["Gateway/Scripts"] = ["Buffers", "Posix", "Diagnostics", "Cgi", "Early", "Gateway/Requests"],
        ["Gateway/Serving"] = ["Buffers", "Posix", "Diagnostics", "Cgi", "Early", "Gateway/Requests", "Gateway/Connections"],
        ["Recording"] = ["Buffers", "Posix", "Diagnostics", "Cgi", "Gateway/Requests"],
        ["Hosting"] = ["Buffers", "Posix", "Diagnostics", "Cgi", "Early", "Gateway/Requests", "Gateway/Serving"],
    };

    /// <summary>Folders whose code may be unsafe.</summary>
    private static readonly string[] s_unsafe = ["Posix", "Cgi", "Diagnostics", "Early", "Gateway", "Recording", "Hosting"];

    [Fact]
    public void Each_folder_knows_only_those_that_it_may()
    {
        string[] wrong = [.. s_shims.Arrows.SelectMany(type => type.Value, (type, named) => (From: type.Key, To: named.ToString()))
            .Where(arrow => FolderOf(arrow.From) is { Length: > 0 } from && FolderOf(arrow.To) is { Length: > 0 } to && from != to && !s_arrows[from].Contains(to))
            .Select(arrow => $"{arrow.From} -> {arrow.To}")];
        Assert.Empty(wrong);
    }

    [Fact]
    public void The_table_of_folders_leads_in_one_direction_and_has_all_of_them()
    {
        var known = new List<string>();
        foreach ((string folder, string[] mayKnow) in s_arrows)
        {
            Assert.True(mayKnow.All(known.Contains), $"{folder} may know a folder that comes after it");
            known.Add(folder);
        }
        Assert.Equal(known.Order(), s_shims.Arrows.Keys.Select(FolderOf).Where(folder => folder.Length > 0).Distinct().Order());
    }

    [Fact]
    public void No_more_than_four_types_lead_to_each_other() =>
        Assert.Empty(s_shims.Cycles().Where(knot => knot.Length > LargestKnot).Select(knot => string.Join(", ", knot)));

    [Fact]
    public void Unsafe_code_stands_only_in_folders_that_may_have_it()
    {
        string root = Repository.PathTo("src/Shims");
        string[] wrong = [.. Directory.EnumerateFiles(root, "*.cs", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(root, file))
            .Where(file => !file.StartsWith("obj/", StringComparison.Ordinal) && !file.StartsWith("bin/", StringComparison.Ordinal))
            .Where(file => Unsafe().IsMatch(File.ReadAllText(Path.Combine(root, file))) && !s_unsafe.Contains(file.Split('/')[0]))];
        Assert.Empty(wrong);
    }

    [Theory]
    [InlineData("base types", "Gateway.Connections.SilentConnection", "Gateway.Connections.Connection")]
    [InlineData("interfaces", "Recording.RecordedRequest", "Gateway.Requests.IRequestObserver")]
    [InlineData("fields", "Gateway.Requests.HeldOutput", "Posix.NativeBuffer")]
    [InlineData("type arguments", "Gateway.Requests.RunningScripts", "Gateway.Requests.IRunningScript")]
    [InlineData("calls", "Gateway.Requests.Exchange", "Cgi.ErrorPage")]
    [InlineData("new objects", "Gateway.Serving.ConnectionSet", "Gateway.Connections.ScgiConnection")]
    public void The_graph_sees_all_ways_to_name_a_type(string way, string from, string to) =>
        Assert.True(s_shims.Arrows[$"Shims.{from}"].Contains($"Shims.{to}"), way);

    /// <summary>The folder of a type of src/Shims, by its namespace.</summary>
    private static string FolderOf(string type)
    {
        string[] parts = type.Split('.');
        return parts.Length > 2 ? string.Join('/', parts[1..^1]) : "";
    }

    [GeneratedRegex(@"^[^/\n]*\bunsafe\b", RegexOptions.Multiline)]
    private static partial Regex Unsafe();
}

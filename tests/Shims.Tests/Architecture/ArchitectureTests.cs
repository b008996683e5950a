using System.Text.RegularExpressions;
using Shims.Testing.Architecture;

namespace Shims.Tests.Architecture;

/// <summary>The layout of src/Shims: which folder may know which, how large a knot of types, a type and its state may be, and where unsafe code may stand.</summary>
public sealed partial class ArchitectureTests
{
    /// <summary>Booleans by which a type may remember what has happened. What has more of them has a state, which has a name: an enum.</summary>
    private const int MostBooleans = 3;

    /// <summary>Folders whose code may be unsafe.</summary>
    private static readonly string[] s_unsafe = ["Posix", "Cgi", "Diagnostics", "Early", "Gateway", "Recording", "Hosting"];

    /// <summary>Each folder of src/Shims with those that it may know. The first know nothing; nothing knows the last.</summary>
    /// <remarks>The folder itself, which is not in the table, has <see cref="Limits"/>, and the library's entrance, which is for Hosting.</remarks>
    private static readonly Layout s_shims = new("Shims", typeof(Shim).Assembly.Location, new Dictionary<string, string[]>
    {
        ["Buffers"] = [],
        ["Posix"] = ["Buffers"],
        ["Diagnostics"] = ["Buffers", "Posix"],
        ["Cgi"] = ["Buffers", "Posix", "Diagnostics"],
        ["Scgi"] = ["Buffers", "Cgi"],
        ["FastCgi"] = ["Buffers", "Cgi"],
        ["Uwsgi"] = ["Buffers", "Cgi"],
        ["Ajp"] = ["Buffers", "Cgi"],
        ["Early"] = ["Buffers", "Posix", "Diagnostics", "Cgi", "Scgi", "FastCgi"],
        ["Gateway/Requests"] = ["Buffers", "Posix", "Diagnostics", "Cgi"],
        ["Gateway/Watching"] = ["Posix", "Diagnostics", "Cgi", "Gateway/Requests"],
        ["Gateway/Connections"] = ["Buffers", "Posix", "Diagnostics", "Cgi", "Scgi", "FastCgi", "Uwsgi", "Ajp", "Early", "Gateway/Requests"],
        ["Gateway/Scripts"] = ["Buffers", "Posix", "Diagnostics", "Cgi", "Early", "Gateway/Requests"],
        ["Gateway/Serving"] = ["Buffers", "Posix", "Diagnostics", "Cgi", "Scgi", "Early", "Gateway/Requests", "Gateway/Watching", "Gateway/Connections"],
        ["Recording"] = ["Buffers", "Posix", "Diagnostics", "Cgi", "Gateway/Requests"],
        ["Hosting"] = ["Buffers", "Posix", "Diagnostics", "Cgi", "Early", "Gateway/Requests", "Gateway/Connections", "Gateway/Serving"],
    });

    [Fact]
    public void Each_folder_knows_only_those_that_it_may() => s_shims.AssertNoOtherArrows();

    [Fact]
    public void The_table_of_folders_leads_in_one_direction_and_has_all_of_them() => s_shims.AssertOneDirection();

    [Fact]
    public void No_more_than_four_types_lead_to_each_other() => s_shims.AssertNoLargeKnots();

    [Fact]
    public void No_type_is_longer_than_250_lines() => s_shims.AssertSizes(
        byFile: "Posix/Libc",
        // A table of the ways in which web servers name a script.
        "Cgi/ScriptResolver",
        // A table of the functions of the runtime.
        "Posix/Portable/SystemNative");

    [Fact]
    public void No_type_remembers_more_than_three_things_by_booleans() =>
        Assert.Empty(s_shims.Types.Booleans.Where(type => type.Value > MostBooleans).Select(type => type.Key));

    [Fact]
    public void Unsafe_code_stands_only_in_folders_that_may_have_it() =>
        Assert.DoesNotContain(s_shims.Files, file => Unsafe().IsMatch(s_shims.Read(file)) && !s_unsafe.Contains(file.Split('/')[0]));

    [Theory]
    [InlineData("base types", "Gateway.Connections.SilentConnection", "Gateway.Connections.Connection")]
    [InlineData("interfaces", "Recording.RecordedRequest", "Gateway.Requests.IRequestObserver")]
    [InlineData("fields", "Gateway.Requests.ResponseBuffer", "Posix.NativeBuffer")]
    [InlineData("type arguments", "Gateway.Requests.RunningScripts", "Gateway.Requests.IRunningScript")]
    [InlineData("calls", "Gateway.Requests.Exchange", "Cgi.ErrorPage")]
    [InlineData("new objects", "Gateway.Serving.ConnectionSet", "Gateway.Connections.SingleRequestConnection")]
    public void The_graph_sees_all_ways_to_name_a_type(string way, string from, string to) =>
        Assert.True(s_shims.Types.Arrows[$"Shims.{from}"].Contains($"Shims.{to}"), way);

    [GeneratedRegex(@"^[^/\n]*\bunsafe\b", RegexOptions.Multiline)]
    private static partial Regex Unsafe();
}

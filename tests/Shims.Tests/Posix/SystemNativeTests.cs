using System.Globalization;
using System.Text.RegularExpressions;
using Shims.Testing;

namespace Shims.Tests.Posix;

/// <summary>The portable build calls functions of the .NET runtime that are not public. Each is declared as the runtime that runs these tests declares it.</summary>
/// <remarks>The file of these functions is compiled into this project as well.</remarks>
public sealed partial class SystemNativeTests
{
    private const string Prefix = "SystemNative_";

    private static readonly NativeImports s_ours = NativeImports.Of(typeof(SystemNativeTests).Assembly.Location);

    /// <summary>The runtime's assemblies that import such functions.</summary>
    private static readonly string[] s_runtime =
    [
        .. Directory.EnumerateFiles(Path.GetDirectoryName(typeof(object).Assembly.Location)!, "System.*.dll")
            .Where(static file => Path.GetFileName(file) is "System.Private.CoreLib.dll" or "System.Net.Sockets.dll" or "System.Diagnostics.Process.dll" or "System.Console.dll" or "System.IO.Pipes.dll"
                or "System.IO.MemoryMappedFiles.dll" or "System.Net.NameResolution.dll"),
    ];

    private static readonly NativeImports[] s_runtimes = [.. s_runtime.Select(NativeImports.Of)];

    public static TheoryData<string> Names => [.. s_ours.Functions.Select(static function => function.Key).Where(static name => name.StartsWith(Prefix, StringComparison.Ordinal))];

    [Fact]
    public void The_functions_of_the_portable_build_are_looked_at() => Assert.True(Names.Count > 60, "the files of the portable build have not been compiled into the tests");

    [Theory, MemberData(nameof(Names))]
    public void A_function_is_declared_as_the_runtime_declares_it(string name)
    {
        string[] theirs = [.. s_runtimes.SelectMany(runtime => runtime.Functions[name])];
        Assert.NotEmpty(theirs);
        Assert.All(theirs, form => Assert.Equal(form, Assert.Single(s_ours.Functions[name])));
    }

    [Theory]
    [InlineData("Status", "FileStatus")]
    [InlineData("Entry", "DirectoryEntry")]
    [InlineData("WindowSize", "WinSize")]
    [InlineData("PollEvent", "PollEvent")]
    [InlineData("PortEvent", "SocketEvent")]
    [InlineData("Linger", "LingerOption")]
    public void A_struct_has_the_fields_of_the_runtimes(string ours, string theirs)
    {
        string[] forms = [.. s_runtimes.SelectMany(runtime => runtime.Structs[$"Sys.{theirs}"].Concat(runtime.Structs[$"Interop.{theirs}"]))];
        Assert.NotEmpty(forms);
        Assert.All(forms, form => Assert.Equal(form, Assert.Single(s_ours.Structs[$"SystemNative.{ours}"])));
    }

    [Fact]
    public void Each_error_number_is_the_runtimes()
    {
        IReadOnlyDictionary<string, int> theirs = NativeImports.ValuesOf(s_runtime.Single(static file => file.EndsWith("CoreLib.dll", StringComparison.Ordinal)), "Error");
        MatchCollection ours = Number().Matches(File.ReadAllText(Repository.PathTo("src/Shims/Posix/Portable/Errno.cs")));
        Assert.True(ours.Count > 20);
        Assert.All(ours, number => Assert.Equal(theirs[number.Groups[1].Value], int.Parse(number.Groups[2].Value, NumberStyles.HexNumber, CultureInfo.InvariantCulture)));
    }

    [GeneratedRegex("(E[A-Z0-9]+) = 0x([0-9A-F]+)")]
    private static partial Regex Number();
}

using System.Globalization;
using System.Text.RegularExpressions;

namespace Shims.Control.Doctor.Languages;

/// <summary>A scripting language: how its interpreter checks a source, what it says of missing modules, and how to cure that.</summary>
internal abstract class Language
{
    /// <summary>The language's name.</summary>
    internal abstract string Name { get; }

    /// <summary>The command line that checks a source and, as far as the language lets it, does not run it.</summary>
    /// <param name="interpreter">The path of the interpreter.</param>
    /// <param name="arguments">Its arguments on line 1.</param>
    /// <param name="script">The source.</param>
    internal abstract IReadOnlyList<string> CheckCommand(string interpreter, IReadOnlyList<string> arguments, string script);

    /// <summary>Finds in what that wrote what is wrong with the source.</summary>
    internal abstract SourceFault? FindFault(string output, string script);

    /// <summary>
    /// Corrections of a line at which, or after which, the interpreter stumbles: with what people forget, the likeliest first.
    /// </summary>
    internal virtual IEnumerable<string> Repairs(string line) => [];

    /// <summary>The same line with the query where it asks for a line of standard input; null if it does not.</summary>
    internal virtual string? TakeQuery(string line) => null;

    /// <summary>Finds in what an interpreter wrote the name of a module that it has not found.</summary>
    internal abstract string? FindMissingModule(string output);

    /// <summary>The files that a module may be in, relative to a folder of modules.</summary>
    internal virtual IEnumerable<string> FilesOf(string module) => [];

    /// <summary>A statement that adds a folder to those where modules are looked for.</summary>
    internal virtual string? AddFolder(string folder) => null;

    /// <summary>The variable of the environment that names such folders.</summary>
    internal virtual string? FolderVariable => null;

    /// <summary>Names that a package of Debian with the module would have, the likeliest first.</summary>
    internal abstract IEnumerable<string> DebianPackagesOf(string module);

    /// <summary>The command of the language's own tool that installs a module.</summary>
    internal abstract string InstallCommand(string interpreter, string module);

    /// <summary>The same line with its output on standard error; null if that takes more than a change to it.</summary>
    internal virtual string? MoveToStandardError(string line) => null;

    /// <summary>A statement that writes a line of the response's header.</summary>
    internal virtual string? WriteHeaderLine(string text) => null;

    /// <summary>A statement that sets a variable of the environment.</summary>
    internal virtual string? SetVariable(string name, string value) => null;

    /// <summary>A statement that puts a folder before those where programs are looked for.</summary>
    internal virtual string? PrependPath(string folder) => null;

    /// <summary>Whether it is the language of an interpreter of that name.</summary>
    internal abstract bool Speaks(string interpreter);

    private protected static SourceFault? Fault(Match match) =>
        match.Success
            ? new SourceFault(int.Parse(match.Groups["line"].ValueSpan, CultureInfo.InvariantCulture), match.Groups["message"].Value.Trim())
            : null;

    /// <summary>A text between single quotes, as Perl, Python and Ruby have it.</summary>
    private protected static string Quote(string text) =>
        $"'{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "\\'", StringComparison.Ordinal)}'";

    private protected static string? Module(Match match) => match.Success ? match.Groups["module"].Value : null;
}

/// <summary>A fault of a source, as the interpreter names it.</summary>
/// <param name="Line">Which line; 0 if it does not say.</param>
/// <param name="Message">In its words.</param>
internal sealed record SourceFault(int Line, string Message);

using System.Text;
using Shims.Control.Doctor.Scripts;
using Shims.Control.Users;

namespace Shims.Control.Doctor.Live;

/// <summary>A directory of scripts, and of what lies beside them: libraries, configuration files, pictures.</summary>
internal sealed class ScriptFolder
{
    /// <summary>The most files that are looked at.</summary>
    private const int MaxFiles = 1000;

    private const int MaxStart = 64 * 1024;

    /// <summary>The names of scripts; a file with another suffix and without #! is none, whatever its mode.</summary>
    private static readonly HashSet<string> s_suffixes = [".cgi", ".fcgi", ".pl", ".py", ".rb", ".php", ".sh", ".bash", ".lua", ".tcl",
        ".js", ".cs", ".wsgi"];

    private readonly List<string> _scripts = [];
    private readonly List<string> _others = [];
    private readonly Dictionary<string, string> _starts = [];

    /// <param name="directory">Its path.</param>
    /// <param name="settings">The gateway's options: a file that an interpreter runs needs no execute bit.</param>
    internal ScriptFolder(string directory, DoctorSettings settings)
    {
        foreach (string path in Files(directory).Take(MaxFiles))
        {
            try
            {
                if (ScriptLink.LeadsNowhere(path) is not null || RegularFile.IsExecutableAt(path) && SeemsToBeProgram(path)
                    || settings.InterpreterOf(path) is not null)
                    _scripts.Add(path);
                else if (!ScriptLink.IsSomethingElse(path) && (IsNamedAsScript(path) || BeginsAsScript(path)))
                    _others.Add(path);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                _scripts.Add(path); // So that it is said that it cannot be looked at.
            }
        }
        // Where no file may be executed, it has been forgotten for all of them.
        bool isForgotten = _scripts.Count == 0;
        string[] meant = [.. _others.Where(path =>
            (path.EndsWith(".cgi", StringComparison.Ordinal) || (isForgotten && IsNamedAsScript(path) && !IsLink(path)))
            && !IsUsedByAnother(path))];
        _scripts.AddRange(meant);
        _scripts.Sort(StringComparer.Ordinal);
        _others.RemoveAll(path => Array.IndexOf(meant, path) >= 0);
    }

    /// <summary>The files that are to be run.</summary>
    internal IReadOnlyList<string> Scripts => _scripts;

    /// <summary>
    /// The files that look like scripts and are not meant to be run: not executable, and a link, a library of another script, or without a
    /// name that ends in .cgi.
    /// </summary>
    internal IReadOnlyList<string> Others => _others;

    private static bool IsNamedAsScript(string path) => s_suffixes.Contains(Path.GetExtension(path));

    private static bool IsLink(string path) => File.ResolveLinkTarget(path, returnFinalTarget: false) is not null;

    /// <summary>A file that another script of the folder loads is its library.</summary>
    private bool IsUsedByAnother(string path)
    {
        string name = Path.GetFileName(path);
        return _scripts.Concat(_others)
            .Any(other =>
            other != path && StartOf(other).Split('\n').Any(line => line.Contains(name, StringComparison.Ordinal) && LoadsFile(line)));
    }

    private static bool LoadsFile(string line) =>
        Array.Exists(["require", "do ", "use ", "include", "source ", ". ", "import", "load", "dofile", "open"], word =>
            line.Contains(word, StringComparison.Ordinal));

    private bool BeginsAsScript(string path) => StartOf(path).StartsWith("#!", StringComparison.Ordinal);

    /// <summary>Executable files copied from other systems, such as pictures, are often no programs.</summary>
    private bool SeemsToBeProgram(string path)
    {
        string suffix = Path.GetExtension(path);
        return suffix.Length == 0 || s_suffixes.Contains(suffix) || !UserAccount.Current.May(Access.Read, path)
            || StartOf(path) is ['#', '!', ..] or ['\u007f', 'E', 'L', 'F', ..]
            || BinaryFormats.OfThisMachine.InterpreterOf(path,
                Encoding.Latin1.GetBytes(StartOf(path)[..Math.Min(256, StartOf(path).Length)])) is not null;
    }

    /// <summary>The first bytes, one character each. Read once.</summary>
    private string StartOf(string path)
    {
        if (_starts.TryGetValue(path, out string? known))
            return known;
        string start = "";
        if (!ScriptLink.IsSomethingElse(path) && File.Exists(path) && UserAccount.Current.May(Access.Read, path))
        {
            using FileStream file = File.OpenRead(path);
            var buffer = new byte[(int)Math.Min(MaxStart, file.Length)];
            start = Encoding.Latin1.GetString(buffer, 0, file.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false));
        }
        return _starts[path] = start;
    }

    private static IEnumerable<string> Files(string directory) =>
        Directory.EnumerateFiles(directory, "*",
            new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.None, IgnoreInaccessible = true })
            .Order(StringComparer.Ordinal);
}

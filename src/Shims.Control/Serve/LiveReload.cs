using Shims.Control.Doctor;

namespace Shims.Control.Serve;

/// <summary>Watches for changes of source files.</summary>
/// <remarks>Only files with the names of source files count. A script that writes a log or a database beside itself would otherwise make
/// its page reload for ever.</remarks>
internal sealed class LiveReload : IDisposable
{
    private static readonly HashSet<string> s_sourceExtensions =
    [
        ".cgi", ".pl", ".pm", ".py", ".rb", ".php", ".sh", ".lua", ".tcl", ".cs", ".csproj", ".html", ".htm", ".css", ".js", ".json",
        ".xml", ".svg", ".txt", ".md", ".tmpl", ".tt",
        ".erb", ".yml", ".yaml", ".toml", ".ini", ".conf", ".sql",
    ];

    private readonly FileSystemWatcher _watcher;
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal LiveReload(string directory)
    {
        _watcher = new FileSystemWatcher(directory)
        {
            IncludeSubdirectories = true,
            NotifyFilter = NotifyFilters.LastWrite | NotifyFilters.FileName | NotifyFilters.Attributes,
        };
        _watcher.Changed += OnChange;
        _watcher.Created += OnChange;
        // Editors write a new file, and rename it over the old one.
        _watcher.Renamed += OnChange;
        _watcher.EnableRaisingEvents = true;
    }

    /// <summary>Completed at the next change.</summary>
    internal Task Changed => Volatile.Read(ref _changed).Task;

    public void Dispose() => _watcher.Dispose();

    private void OnChange(object sender, FileSystemEventArgs change)
    {
        if (IsSource(change.FullPath))
            Interlocked.Exchange(ref _changed, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
    }

    private static bool IsSource(string path)
    {
        if (path.Split('/').Any(part => part is "obj" or "bin" or "__pycache__" || (part.Length > 1 && part.StartsWith('.'))))
            return false;
        string extension = Path.GetExtension(path).ToLowerInvariant();
        return extension.Length > 0
            ? s_sourceExtensions.Contains(extension)
            : RegularFile.IsExecutableAt(path);
    }
}

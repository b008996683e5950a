using System.Text;

namespace Shims.ProgramTests;

/// <summary>What every test of the executables has: a folder of scripts of its own.</summary>
public abstract class ProgramTest : IDisposable
{
    private readonly ScriptFolder _folder = new();

    private protected ScriptFolder Folder => _folder;

    /// <summary>The variables that <see cref="ScriptFolder.EnvironmentScript"/> answered with, as Latin-1 so that each character is a byte.</summary>
    private protected static ILookup<string, string> EnvironmentOf(Response answer) =>
        Encoding.Latin1.GetString(answer.Reply.BodyBytes).Split('\0', StringSplitOptions.RemoveEmptyEntries)
            .ToLookup(entry => entry.Split('=', 2)[0], entry => entry.Split('=', 2)[1]);

    public void Dispose()
    {
        _folder.Dispose();
        GC.SuppressFinalize(this);
    }
}

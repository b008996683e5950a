using Shims.Testing;

namespace Shims.ControlTests.Doctor;

/// <summary>The programs where every user may run them; the checkout may be its owner's alone.</summary>
public sealed class DoctorPrograms : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();

    /// <summary>Where they are.</summary>
    public string Folder => _folder.Path;

    public async ValueTask InitializeAsync()
    {
        // By another process: a copy that this one still has open, because it is just starting a program, cannot be executed (ETXTBSY).
        string[] names = ["shimctl", "scgi-run", "fcgi-run", "libMonoPosixHelper.so"];
        await Command.RunAsync("cp", [.. names.Select(name => Repository.PathTo($"bin/{name}")), Folder]);
    }

    public ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }
}

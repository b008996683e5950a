using Shims.Testing;

namespace Shims.Tests.Hosting;

/// <summary>A folder for the state of a program, named by SHIMS_STATE: tests that need one run one after the other, as the environment is
/// the process's.</summary>
[CollectionDefinition(Name)]
public sealed class StateFolder : ICollectionFixture<StateFolder>, IDisposable
{
    public const string Name = "state";

    private readonly TemporaryFolder _folder = new();

    public StateFolder()
    {
        Path = _folder.PathTo("state");
        Environment.SetEnvironmentVariable("SHIMS_STATE", Path);
    }

    public string Path { get; }

    public void Dispose()
    {
        Environment.SetEnvironmentVariable("SHIMS_STATE", null);
        _folder.Dispose();
    }
}

namespace Shims.Control.Servers.Checking;

/// <summary>
/// The configurations that are looked at together: services that listen, and upstreams that lead to them. Each file is read and classified
/// once.
/// </summary>
internal sealed class ConfigurationSet
{
    private readonly Func<string, IConfiguration?> _read;
    private readonly Dictionary<string, IConfiguration?> _known = [];
    private readonly Lazy<IReadOnlyList<Service>> _usualServices;
    private readonly Lazy<IReadOnlyList<Upstream>> _usualUpstreams;

    /// <summary>Reads the given files; the usual ones when they are asked about.</summary>
    /// <param name="given">The files that the command line names.</param>
    /// <param name="usual">The files that distributions have.</param>
    /// <param name="read">Reads a file; null if it is not a configuration.</param>
    internal ConfigurationSet(IReadOnlyList<string> given, IEnumerable<string> usual, Func<string, IConfiguration?> read)
    {
        _read = read;
        Services = [.. given.Select(At).OfType<IConfiguration>().SelectMany(file => file.Services)];
        Upstreams = [.. given.Select(At).OfType<IConfiguration>().SelectMany(file => file.Upstreams)];
        IEnumerable<IConfiguration> others = usual.Except(given).Select(At).OfType<IConfiguration>();
        _usualServices = new Lazy<IReadOnlyList<Service>>(() => [.. others.SelectMany(file => file.Services)]);
        _usualUpstreams = new Lazy<IReadOnlyList<Upstream>>(() => [.. others.SelectMany(file => file.Upstreams)]);
    }

    /// <summary>Services of the files that the command line names.</summary>
    internal IReadOnlyList<Service> Services { get; }

    /// <summary>Upstreams of the files that the command line names.</summary>
    internal IReadOnlyList<Upstream> Upstreams { get; }

    /// <summary>Services of those files, or if they hold none, of this machine's usual files.</summary>
    internal IReadOnlyList<Service> KnownServices => Services.Count > 0 ? Services : _usualServices.Value;

    /// <summary>Upstreams of those files, or if they hold none, of this machine's usual files.</summary>
    internal IReadOnlyList<Upstream> KnownUpstreams => Upstreams.Count > 0 ? Upstreams : _usualUpstreams.Value;

    /// <summary>A file's configuration; null if it is something else.</summary>
    internal IConfiguration? At(string path)
    {
        lock (_known)
        {
            if (!_known.TryGetValue(path, out IConfiguration? configuration))
                _known[path] = configuration = _read(path);
            return configuration;
        }
    }

    /// <summary>The service at an address; null if no configuration has one.</summary>
    internal Service? ServiceAt(SocketAddress address) =>
        Services.Concat(_usualServices.Value).FirstOrDefault(service => service.Address?.Serves(address) == true);

    /// <summary>The upstream that leads to an address; null if no configuration has one.</summary>
    internal Upstream? UpstreamTo(SocketAddress address) =>
        Upstreams.Concat(_usualUpstreams.Value).FirstOrDefault(upstream => upstream.Address is { } target && address.Serves(target));
}

using System.Runtime.InteropServices;

namespace Shims.Gateway.Serving;

/// <summary>An order to end that comes when clients can connect already and the program does not serve yet. It is kept until then: those that have connected are answered.</summary>
internal sealed class EarlyOrder : IDisposable
{
    private readonly Lock _lock = new();
    private readonly PosixSignalRegistration[] _signals;
    private Action? _end;
    private bool _isGiven;

    /// <summary>Takes signals from now on.</summary>
    internal EarlyOrder() => _signals = [PosixSignalRegistration.Create(PosixSignal.SIGTERM, Take), PosixSignalRegistration.Create(PosixSignal.SIGINT, Take)];

    /// <summary>The program serves, and can be ended.</summary>
    internal void PassOnTo(Action end)
    {
        lock (_lock)
        {
            _end = end;
            if (!_isGiven)
                return;
        }
        end();
    }

    public void Dispose()
    {
        foreach (PosixSignalRegistration signal in _signals)
            signal.Dispose();
    }

    /// <summary>Runs on another thread.</summary>
    private void Take(PosixSignalContext context)
    {
        context.Cancel = true;
        Action? end;
        lock (_lock)
        {
            _isGiven = true;
            end = _end;
        }
        end?.Invoke();
    }
}

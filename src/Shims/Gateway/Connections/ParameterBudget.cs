namespace Shims.Gateway.Connections;

/// <summary>Bytes of parameters that the requests on one connection may hold together.</summary>
internal sealed class ParameterBudget(int size)
{
    private int _left = size;

    /// <returns>False if so many are not left.</returns>
    internal bool TryTake(int count)
    {
        if (count > _left)
            return false;
        _left -= count;
        return true;
    }

    internal void GiveBack(int count) => _left += count;
}
